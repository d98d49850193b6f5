import type { Fix } from '#doctor/types.ts';
import type { EngineName } from '#engines/choose.ts';
import { asRoot, installPackages, quote } from './shell.ts';

/** Packages as Debian and Ubuntu name them. Their nsjail is too old or not there, so it is built from its source. */
const BUILD_NSJAIL: Fix = asRoot(
  'Build nsjail from its source',
  'apt-get update',
  'apt-get install --yes autoconf bison flex g++ git libnl-route-3-dev libprotobuf-dev libtool make pkg-config protobuf-compiler',
  'git clone --depth 1 --recurse-submodules https://github.com/google/nsjail /usr/local/src/nsjail',
  'make -C /usr/local/src/nsjail',
  'install -m 0755 /usr/local/src/nsjail/nsjail /usr/local/bin/nsjail',
);

export const INSTALL_LAUNCHER: Readonly<Record<EngineName, Fix>> = {
  bubblewrap: installPackages('Install bubblewrap', 'bubblewrap'),
  nsjail: BUILD_NSJAIL,
};

export const UPGRADE_BUBBLEWRAP: Fix = asRoot(
  'Take the newest bubblewrap of this distribution; 0.12.0 and backported security updates have the repair',
  'apt-get update',
  'apt-get install --yes --only-upgrade bubblewrap',
);

export function removeSetuid(path: string): Fix {
  return asRoot(
    `Take the set-user-ID bit from ${path}, which user namespaces make unnecessary`,
    `chmod u-s,g-s ${quote(path)}`,
  );
}

export const BUILD_NATIVE: Fix = asRoot(
  'Install a C compiler with a static C library; then build: scripts/build-native --force',
  'apt-get update',
  'apt-get install --yes gcc libc6-dev',
);

export const INSTALL_NODE: Fix = asRoot(
  'Install a current Node.js for all users: Debian 13 and newer package one; for older systems see https://nodejs.org/en/download',
  'apt-get update',
  'apt-get install --yes nodejs',
  'node --version',
);

export const UPDATE_KERNEL: Fix = asRoot(
  'Install the newest kernel and microcode of this distribution; then reboot',
  'apt-get update',
  'apt-get upgrade --yes',
);

/** By id of a language: what brings the interpreter to /usr. */
const LANGUAGE_PACKAGES: Readonly<Record<string, string>> = {
  bash: 'bash',
  c: 'gcc',
  cpp: 'g++',
  go: 'golang-go',
  java: 'default-jdk-headless',
  javascript: 'nodejs',
  lua: 'lua5.4',
  perl: 'perl',
  php: 'php-cli',
  python: 'python3',
  ruby: 'ruby',
  rust: 'rustc',
};

/** undefined for a language whose package is not known here. */
export function installLanguage(id: string): Fix | undefined {
  const name = LANGUAGE_PACKAGES[id];
  return name === undefined ? undefined : installPackages(`Install ${name}`, name);
}
