#!/usr/bin/env bash
# furnish-image.bash DIRECTORY: makes DIRECTORY/root.img and DIRECTORY/vmlinuz of the Debian tree in DIRECTORY/tree, or in
# DIRECTORY/tree.tar, which then becomes a guest: users, a key, this host's Node and nsjail, few units, and the agent. Runs as
# root, or as root of a user namespace with 65536 ids.
set -euo pipefail

directory=$1
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
tree=$directory/tree
# Its files have owners whom only this process may remove.
trap 'rm -rf -- "$tree"' EXIT

unpack() {
  if [[ ! -e $directory/tree.tar ]]; then return; fi
  mkdir "$tree"
  # A user namespace makes no device, and the guest's kernel mounts /dev anew.
  tar -xf "$directory/tree.tar" -C "$tree" --numeric-owner --exclude='./dev/*'
  rm "$directory/tree.tar"
}

# Users are written by hand: adduser is not in the tree. "plain" gets no user manager: nothing lingers for it.
add_users() {
  local entry name id
  for entry in tester:1000 plain:1001; do
    name=${entry%:*} id=${entry#*:}
    echo "$name:x:$id:$id::/home/$name:/bin/bash" >>"$tree/etc/passwd"
    echo "$name:x:$id:" >>"$tree/etc/group"
    # "*" is no password but, unlike "!", leaves the account open to a key.
    echo "$name:*:19000:0:99999:7:::" >>"$tree/etc/shadow"
    echo "$name:$((id * 100000)):65536" | tee -a "$tree/etc/subuid" >>"$tree/etc/subgid"
    install -d -o "$id" -g "$id" "$tree/home/$name"
  done
  mkdir -p "$tree/var/lib/systemd/linger"
  touch "$tree/var/lib/systemd/linger/tester"
}

# A key of its own for each image, which opens nothing but this guest.
add_ssh_key() {
  install -d -m 0700 "$tree/root/.ssh"
  ssh-keygen -q -t ed25519 -N '' -C '' -f "$tree/root/.ssh/id_ed25519"
  install -d -m 0700 -o 1000 -g 1000 "$tree/home/tester/.ssh"
  install -m 0600 -o 1000 -g 1000 "$tree/root/.ssh/id_ed25519.pub" "$tree/home/tester/.ssh/authorized_keys"
}

# The same interpreter and the same nsjail as on the host, so that a difference is the guest's.
copy_programs() {
  install -D "$(command -v node)" "$tree/usr/bin/node"
  if command -v nsjail >/dev/null; then install -D "$(command -v nsjail)" "$tree/usr/local/bin/nsjail"; fi
}

# Everything that costs seconds under emulation and that no test needs. udev above all: without it nothing waits for
# devices, which is why fstab is empty and no terminal is started.
slim_units() {
  local unit
  rm -rf "$tree"/etc/systemd/system/*.wants
  for unit in systemd-udevd systemd-udev-trigger systemd-udevd-control.socket systemd-udevd-kernel.socket \
    apparmor systemd-networkd systemd-networkd.socket systemd-resolved systemd-timesyncd ssh ssh.socket sshd-vsock.socket \
    systemd-tmpfiles-setup-dev systemd-tmpfiles-setup-dev-early systemd-sysusers kmod-static-nodes modprobe@ \
    systemd-binfmt proc-sys-fs-binfmt_misc.automount systemd-random-seed systemd-update-utmp \
    systemd-update-utmp-runlevel systemd-remount-fs systemd-hwdb-update ldconfig systemd-update-done \
    systemd-modules-load systemd-pstore systemd-firstboot systemd-journal-flush systemd-boot-random-seed \
    dev-mqueue.mount dev-hugepages.mount sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount \
    sys-fs-fuse-connections.mount getty@ serial-getty@ getty.target apt-daily.timer apt-daily-upgrade.timer \
    fstrim.timer e2scrub_all.timer e2scrub_reap dpkg-db-backup.timer systemd-tmpfiles-clean.timer; do
    case "$unit" in
      *.*) ;;
      *) unit+=.service ;;
    esac
    ln -sf /dev/null "$tree/etc/systemd/system/$unit"
  done
  ln -sf /lib/systemd/system/multi-user.target "$tree/etc/systemd/system/default.target"
}

configure() {
  : >"$tree/etc/fstab"
  echo warder-test >"$tree/etc/hostname"
  printf '127.0.0.1 localhost warder-test\n' >"$tree/etc/hosts"
  # Set, or the first boot would take itself for an installation.
  echo 00000000000000000000000000000001 >"$tree/etc/machine-id"
  install -d "$tree/etc/systemd/journald.conf.d"
  printf '[Journal]\nStorage=volatile\n' >"$tree/etc/systemd/journald.conf.d/volatile.conf"
  install -m 0644 "$here/guest/warder-agent.service" "$tree/etc/systemd/system/"
  install -D "$here/guest/start-agent" "$tree/usr/local/lib/warder/start-agent"
  mkdir -p "$tree/etc/systemd/system/multi-user.target.wants" "$tree/warder/job" "$tree/warder/checkout"
  ln -s ../warder-agent.service "$tree/etc/systemd/system/multi-user.target.wants/"
}

unpack
rm -f "$tree"/boot/initrd.img-* "$tree"/etc/resolv.conf
add_users
add_ssh_key
copy_programs
slim_units
configure
cp "$tree"/boot/vmlinuz-* "$directory/vmlinuz"
# No journal and no checksums: every boot starts from a throw-away copy.
mkfs.ext4 -q -F -O '^has_journal,^metadata_csum' -d "$tree" "$directory/root.img" 2G
