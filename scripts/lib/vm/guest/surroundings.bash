#!/bin/bash
# surroundings.bash VARIANT COMMAND SECONDS: runs the script COMMAND where and as whom the variant says, for at most SECONDS,
# and ends with its exit code.
variant=$1 command=$2 seconds=$3

# --collect, so that a failed unit does not keep its name; RuntimeMaxSec, because ending the client does not end the unit.
unit() { systemd-run --quiet --wait --pipe --collect -p "RuntimeMaxSec=$seconds" "$@" bash "$command"; }

in_user() { unit -M tester@ --user -p Delegate=yes; }
in_root() { unit -p Delegate=yes; }
# A system service of an ordinary user: a cgroup that is root's, and neither a bus nor a runtime directory.
in_no-delegation() { unit -p User=plain; }

# The same with Delegate=yes, as a daemon is shipped: systemd gives the group away with every controller.
in_service() { unit -p User=tester -p Delegate=yes; }

in_ssh() {
  mkdir -p /run/sshd
  systemctl is-active --quiet warder-sshd || systemd-run --quiet --unit=warder-sshd /usr/sbin/sshd -D -o ListenAddress=127.0.0.1
  local _
  for _ in {1..100}; do
    (exec 9<>/dev/tcp/127.0.0.1/22) 2>/dev/null && break
    sleep 0.1
  done
  ssh -o StrictHostKeyChecking=no -o LogLevel=ERROR tester@127.0.0.1 "bash $command"
}

in_no-userns() {
  local before code
  before=$(</proc/sys/user/max_user_namespaces)
  echo 0 >/proc/sys/user/max_user_namespaces
  in_user
  code=$?
  echo "$before" >/proc/sys/user/max_user_namespaces
  return "$code"
}

# What a container manager leaves to its process 1: a cgroup that looks like the root, and is shared with whoever is in it.
in_nested() {
  systemd-run --quiet --wait --pipe --collect -p "RuntimeMaxSec=$seconds" -p Delegate=yes \
    unshare --cgroup --mount --propagation private bash -c \
    'umount /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec bash "$0"' "$command"
}

in_hybrid() { in_root; }
in_hybrid-user() { in_user; }

# What attacks need and this machine lacks: a way out, which leads nowhere, or no network could be kept from a run; and swap.
# Commands of several variants share a machine.
add_way_out() {
  [[ ! -e /sys/class/net/out0 ]] || return 0
  modprobe dummy
  ip link add out0 type dummy
  ip addr add 198.51.100.2/24 dev out0
  ip -6 addr add 2001:db8:1::2/64 dev out0 nodad
  ip link set out0 up
  ip route add default dev out0
  ip -6 route add default dev out0
}
add_swap() {
  [[ ! -e /var/swap ]] || return 0
  (umask 077 && head -c 128M /dev/zero >/var/swap)
  mkswap --quiet /var/swap
  swapon /var/swap
}
in_escape-user() { add_way_out && add_swap && in_user; }
in_escape-root() { add_way_out && add_swap && in_root; }

"in_$variant"
