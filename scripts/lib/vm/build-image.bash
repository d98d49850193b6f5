#!/usr/bin/env bash
# build-image.bash GUEST DIRECTORY: a Debian tree with systemd, the launchers and this host's Node and nsjail, as an ext4
# file system DIRECTORY/root.img next to its kernel DIRECTORY/vmlinuz. The tree has many owners: root may make them, and others
# in a user namespace with the ids that /etc/subuid gives them.
set -euo pipefail

guest=$1
directory=$2
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib/vm/mirror.bash
source "$here/mirror.bash"

work=$(mktemp -d "$directory.XXXXXX")
trap 'rm -rf -- "$work"' EXIT

packages=(
  # The system: libpam-systemd and dbus-user-session make an ordinary user's systemd and bus. Ids of users are ours.
  systemd systemd-sysv libpam-systemd dbus dbus-user-session linux-image-cloud-amd64 kmod passwd login procps mount
  # What is tested, and what the tested programs call.
  bubblewrap python3 strace iproute2 util-linux apparmor uidmap
  # The login session over loopback.
  openssh-server openssh-client
)
# Libraries of an nsjail that was built on the host.
case "$guest" in
  bookworm) packages+=(libprotobuf32 libnl-route-3-200 libstdc++6) ;;
  trixie) packages+=(libprotobuf32t64 libnl-route-3-200 libstdc++6) ;;
  *)
    echo "unknown guest: $guest" >&2
    exit 64
    ;;
esac

# bootstrap MODE TARGET: neither documentation nor translations, which are half of the files and which nobody reads in there.
bootstrap() {
  local list
  list=$(IFS=,; echo "${packages[*]}")
  debian_sources "$guest" | mmdebstrap --quiet --mode="$1" --variant=essential --include="$list" \
    --dpkgopt=force-confold --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' "$guest" "$2" -
}

if [[ $(id -u) -eq 0 ]]; then
  bootstrap root "$work/tree"
  bash "$here/furnish-image.bash" "$work"
else
  bootstrap unshare - >"$work/tree.tar"
  unshare --user --map-root-user --map-auto bash "$here/furnish-image.bash" "$work"
fi
chmod 0755 "$work"
mv -T -- "$work" "$directory"
trap - EXIT
