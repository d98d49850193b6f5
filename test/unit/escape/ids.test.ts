/** Ids are what baselines, dashboards and SECURITY.md know an attack by: none goes, and none gets another name. */
import { expect, test } from 'vitest';
import { ATTACKS } from '#escape/corpus.ts';

/** Every id that there has been; a new attack is added. */
const IDS = `
  fs-write-rootfs fs-read-host-secret fs-dotdot-root fs-chroot-breakout fs-pivot-root
  fs-mount-legacy fs-mount-newapi fs-mount-query fs-open-by-handle fs-proc-root-alias fs-leaked-cwd
  fs-exec-written fs-mknod-device fs-dev-inventory fs-suid-in-workspace fs-mask-symlink-next-run
  fs-nosymfollow fs-mount-flags
  proc-core-pattern proc-sysrq proc-kcore-mem proc-kallsyms-dmesg proc-host-pids proc-pid1-environ
  proc-pid1-cmdline proc-pid1-mem proc-self-mem proc-exe-overwrite proc-timing-files proc-keys
  proc-masks sys-firmware-dmi
  ns-unshare-each ns-clone-flags ns-clone3 ns-setns ns-ids-differ ns-hostname ns-clock
  cap-sets-empty cap-outside-uid cap-regain cap-suid-exec cap-file-caps
  sc-matrix sc-int80 sc-x32 sc-argbits-ioctl sc-argbits-socket sc-argument-rules sc-filter-stack
  sc-ptrace-rewrite sc-personality sc-fileless-exec sc-noexec-bypass sc-wx-memory sc-legacy-arch
  sc-fail-closed sc-filter-layers
  ks-af-alg ks-dirty-frag ks-io-uring ks-bpf ks-perf ks-userfaultfd ks-module-kexec ks-netfilter
  ks-af-packet-raw ks-vsock ks-exotic-families ks-admin-misc ks-admin-root ks-numa-move ks-futex-pi
  ks-residual
  net-none-egress net-metadata net-host-loopback net-listener-reached net-abstract-unix
  net-path-unix net-dns-exfil
  ipc-keyring ipc-sysv-mqueue ipc-files ipc-abstract ipc-signals ipc-flock-covert
  ipc-fsnotify-covert ipc-cache-probe
  fd-inherited fd-dir-walk fd-pidfd-steal
  tty-tiocsti tty-tioclinux tty-session tty-termios
  pr-kill-out pr-kill-all pr-daemonise pr-ignore-term pr-close-stdio-spin pr-ptrace-init
  pr-exit-forge pr-prlimit pr-raise-limits pr-rt-sched pr-inherited-priority pr-affinity pr-coredump
  cg-write-limits cg-move-self cg-release-agent cg-start-race cg-path-leak
  res-cpu-spin res-wall-sleep res-mem-anon res-mem-shared res-mem-pagecache res-mem-kernel res-swap
  res-oom-victim res-fork-bomb res-fd-exhaust res-fsize res-inode-flood res-output-flood
  res-dev-full res-output-stall res-disk-io rs-rlimits-unset res-stand-ins
  res-limits-unset
  leak-env leak-identity leak-tsc leak-smt leak-cpu-vulns
  host-setup-symlink host-artefact-symlink host-artefact-swap host-artefact-hardlink
  host-artefact-flood host-upload-path host-archive host-escape-seq host-log-forge host-argv-inject
  host-config-inject host-meta-predict host-cleanup-follow host-id-reuse host-unicode-split
  host-relaunch-race host-blocked-supervisor host-killed-launcher host-killed-supervisor host-exporter-confined
  host-request-widens
  per-leftovers per-workspace-hooks mt-neighbour
`
  .trim()
  .split(/\s+/);

test('every attack that there has been is still there', () => {
  const ids = ATTACKS.map(({ id }) => id);
  expect(IDS.filter((id) => !ids.includes(id))).toEqual([]);
});

test('and the list knows each of today, or it would not be missed tomorrow', () => {
  expect(ATTACKS.map(({ id }) => id).filter((id) => !IDS.includes(id))).toEqual([]);
});
