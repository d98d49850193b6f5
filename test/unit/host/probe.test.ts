import { existsSync, lstatSync } from 'node:fs';
import { expect, test } from 'vitest';
import { probeHost } from '#host/probe.ts';
import { HOST_COMMAND_DIRECTORIES } from '#host/rootfs.ts';

// The real host, read only. What it has differs; what is said of it has to be true.
const facts = await probeHost({
  path: '/nowhere',
  commands: ['sh', 'no-such-command'],
  uid: 1234,
  nativePath: '/nowhere/warder-init',
});

test('what was given is taken over, what is not there is said', () => {
  expect(facts.uid).toBe(1234);
  expect(facts.landlockAbi).toBe(0);
  expect(facts.engines.bubblewrap).toEqual({ found: false, searched: ['/nowhere/bwrap'] });
});

test('commands lie in the program’s PATH, and only existing ones are named', () => {
  const { commands } = facts.hostRootfs;
  expect(Object.keys(commands)).toEqual(['sh']);
  expect(HOST_COMMAND_DIRECTORIES.map((directory) => `${directory}/sh`)).toContain(commands['sh']);
});

test('every path that a jail would show or hide exists', () => {
  const { topLevel, etc } = facts.hostRootfs;
  for (const path of [...etc, ...facts.procMasks]) expect(existsSync(path) || lstatSync(path)).toBeTruthy();
  for (const { path, linkTo } of topLevel) {
    expect(lstatSync(path).isSymbolicLink()).toBe(linkTo !== null);
  }
});

test('nothing of /etc but what interpreters need', () => {
  const allowed = ['/etc/alternatives', '/etc/ld.so.cache', '/etc/ssl/certs', '/etc/ssl/openssl.cnf'];
  const others = facts.hostRootfs.etc.filter((path) => !allowed.includes(path));
  expect(others.filter((path) => !/^\/etc\/java-\d+-openjdk$/.test(path))).toEqual([]);
});

test('swap is a number of bytes', () => {
  expect(facts.swapTotalBytes % 1024).toBe(0);
  expect(facts.swapTotalBytes).toBeGreaterThanOrEqual(0);
});
