# shellcheck shell=bash
# What the virtual machine needs on the host; sourced by scripts/test-vm.

# Debian packages of what is missing, one per line.
missing_vm_packages() {
  command -v qemu-system-x86_64 >/dev/null || echo qemu-system-x86
  command -v mmdebstrap >/dev/null || echo mmdebstrap
  command -v ssh-keygen >/dev/null || echo openssh-client
  command -v flock >/dev/null || echo util-linux
  PATH=$PATH:/usr/sbin:/sbin command -v mkfs.ext4 >/dev/null || echo e2fsprogs
  [[ -e /usr/share/keyrings/debian-archive-keyring.gpg ]] || echo debian-archive-keyring
}

# Installs them on Debian as root; elsewhere says what to do and ends with 69, which scripts/check counts as skipped.
ensure_vm_packages() {
  local -a packages
  mapfile -t packages < <(missing_vm_packages)
  if [[ ${#packages[@]} -eq 0 ]]; then return; fi
  local -a command=(apt-get install -y --no-install-recommends "${packages[@]}")
  if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
    echo "test-vm: missing ${packages[*]}; as root on Debian: apt-get update && ${command[*]}" >&2
    exit 69
  fi
  echo "test-vm: installing with apt-get: ${packages[*]}" >&2
  DEBIAN_FRONTEND=noninteractive apt-get update -q </dev/null >&2 || echo 'test-vm: apt-get update failed; trying all the same' >&2
  if ! DEBIAN_FRONTEND=noninteractive "${command[@]}" </dev/null >&2; then
    echo "test-vm: apt-get could not install ${packages[*]}" >&2
    exit 69
  fi
}
