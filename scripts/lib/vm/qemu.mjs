import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from './cache.mjs';

export const QEMU = 'qemu-system-x86_64';

/**
 * @typedef {{
 *   accelerator: 'kvm' | 'tcg', kernel: string, root: string, job: string, modules: string, bootArguments: string,
 *   console: string, control: string, shell: boolean, verbose: boolean,
 * }} Machine  all but `accelerator`, `bootArguments`, `shell` and `verbose` are paths; `control` is a socket that listens
 */

/**
 * No initrd: the cloud kernels have NVMe and ext4 built in, which saves two seconds of emulation. The other disks are virtio's,
 * told by their serial numbers: since Linux 6.11 the names of several NVMe namespaces are in the order in which they happen to be
 * found. Two processors, because more of them wait for each other on a host that is busy: `warder cmd` took 17 s with two and
 * 27 s with four. `no_timer_check`, as under any hypervisor: on a busy host the emulated timer is too late for that check,
 * which ends in a panic.
 *
 * @param {Machine} machine
 * @returns {string[]}
 */
export function qemuArguments(machine) {
  const disk = (/** @type {string} */ id, /** @type {string} */ file, /** @type {string} */ device) => [
    ...['-drive', `file=${file.replaceAll(',', ',,')},format=raw,if=none,id=${id},snapshot=on`],
    ...['-device', `${device},drive=${id},serial=${id}`],
  ];
  const volume = machine.verbose ? 'systemd.show_status=1' : 'quiet';
  const kernel = `console=ttyS0 root=/dev/nvme0n1 rw ${volume} mitigations=off nokaslr no_timer_check panic=-1`;
  return [
    ...['-machine', 'q35', '-accel', machine.accelerator === 'kvm' ? 'kvm' : 'tcg,thread=multi'],
    ...['-cpu', 'max', '-m', '2G', '-smp', '2', '-display', 'none', '-monitor', 'none', '-no-reboot'],
    ...['-net', 'none', '-serial', `file:${machine.console}`],
    ...['-kernel', machine.kernel, '-append', `${kernel} ${machine.bootArguments}`.trim()],
    // The first device of virtio's, because its number is in the names of the ports: /dev/vport0p1.
    ...['-device', 'virtio-serial-pci', '-chardev', `socket,id=control,path=${machine.control},server=off`],
    ...['-device', 'virtserialport,chardev=control,nr=1', '-chardev', 'stdio,id=output,signal=off'],
    ...['-device', machine.shell ? 'virtconsole,chardev=output,nr=0' : 'virtserialport,chardev=output,nr=2'],
    ...disk('root', machine.root, 'nvme'),
    ...disk('job', machine.job, 'virtio-blk-pci'),
    ...disk('modules', machine.modules, 'virtio-blk-pci'),
  ];
}

/**
 * KVM where a kernel really starts under it: /dev/kvm is also there on machines whose nested virtualization hangs. A
 * refusal is remembered until the host is started again.
 *
 * @param {string} kernel
 * @returns {'kvm' | 'tcg'}
 */
export function chooseAccelerator(kernel) {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch {
    return 'tcg';
  }
  const file = join(cacheDirectory(), 'kvm');
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const [knownBoot, known] = readKnown(file);
  if (knownBoot === boot) return known === 'kvm' ? 'kvm' : 'tcg';
  const found = startsUnderKvm(kernel) ? 'kvm' : 'tcg';
  writeFileSync(file, `${boot} ${found}\n`);
  return found;
}

/** @param {string} file */
function readKnown(file) {
  try {
    return readFileSync(file, 'utf8').trim().split(' ');
  } catch {
    return [];
  }
}

/** Without a disk the kernel panics after a second, and panic=-1 with -no-reboot then ends qemu. @param {string} kernel */
function startsUnderKvm(kernel) {
  const machine = ['-accel', 'kvm', '-cpu', 'max', '-m', '256M', '-display', 'none', '-monitor', 'none'];
  const boot = ['-no-reboot', '-net', 'none', '-serial', 'stdio', '-kernel', kernel];
  const { status, stdout } = spawnSync(QEMU, [...machine, ...boot, '-append', 'console=ttyS0 panic=-1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 10_000,
    killSignal: 'SIGKILL',
    encoding: 'utf8',
  });
  return status === 0 && stdout.includes('Kernel panic');
}
