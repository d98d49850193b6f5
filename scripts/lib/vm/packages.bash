# shellcheck shell=bash
# What the virtual machine needs on the host; sourced by scripts/test-vm.

# Debian packages of what is missing, one per line.
missing_vm_packages() {
  command -v qemu-system-x86_64 >/dev/null || echo qemu-system-x86
  command -v mmdebstrap >/dev/null || echo mmdebstrap
  command -v ssh-keygen >/dev/null || echo openssh-client
  command -v flock >/dev/null && command -v setpriv >/dev/null || echo util-linux
  PATH=$PATH:/usr/sbin:/sbin command -v mkfs.ext4 >/dev/null || echo e2fsprogs
  [[ -e /usr/share/keyrings/debian-archive-keyring.gpg ]] || echo debian-archive-keyring
}

# Ends with 69, which scripts/check counts as a skip with this reason.
stop_unsuitable() {
  echo "test-vm: $1" >&2
  if [[ -n ${WARDER_TALLY_FILE:-} ]]; then
    printf '{"passed":0,"failed":[],"skipped":[{"name":"vm","reason":"%s"}]}' "$1" >"$WARDER_TALLY_FILE"
  fi
  exit 69
}

# Installs them on Debian as root; elsewhere says what to do.
ensure_vm_packages() {
  local -a packages
  mapfile -t packages < <(missing_vm_packages)
  if [[ ${#packages[@]} -eq 0 ]]; then return; fi
  local -a command=(apt-get install -y --no-install-recommends "${packages[@]}")
  if [[ $(uname -m) != x86_64 ]]; then stop_unsuitable "the guest is x86_64, this host is $(uname -m)"; fi
  if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
    stop_unsuitable "missing ${packages[*]}; as root on Debian: apt-get update && ${command[*]}"
  fi
  echo "test-vm: installing with apt-get: ${packages[*]}" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q </dev/null >&2 || echo 'test-vm: apt-get update failed; trying all the same' >&2
  "${command[@]}" </dev/null >&2 || stop_unsuitable "apt-get could not install ${packages[*]}"
  mapfile -t packages < <(missing_vm_packages)
  [[ ${#packages[@]} -eq 0 ]] || stop_unsuitable "still missing after the installation: ${packages[*]}"
}
