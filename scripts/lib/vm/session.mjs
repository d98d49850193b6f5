import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bootOnce, consoleTail, INTERRUPTED } from './boot.mjs';
import { cacheDirectory, ensureImage, ensureModules } from './cache.mjs';
import { makeJobDisk } from './job-disk.mjs';
import { commandJob, testJob } from './jobs.mjs';
import { chooseAccelerator } from './qemu.mjs';
import { BOOT_ARGUMENTS } from './variants.mjs';

/** Generous, for hosts that are busy: a boot under emulation takes 6 to 8 s. */
const READY_MS = 90_000;
const SHELL_MS = 86_400_000;
const ATTEMPTS = 2;

/**
 * One machine for the variants of one boot.
 * @typedef {{ guest: string, boot: import('./variants.mjs').Boot, variants: import('./variants.mjs').Variant[] }} Session
 */

/** @param {string} line */
export function say(line) {
  process.stderr.write(`test-vm: ${line}\n`);
}

/**
 * @param {Session} session
 * @param {ReturnType<typeof import('./options.mjs').parseOptions>} options
 * @param {string} root of the checkout
 */
export async function runSession({ guest, boot, variants }, options, root) {
  const image = ensureImage(guest, options.rebuild);
  const modules = ensureModules(root);
  const kernel = join(image, 'vmlinuz');
  const accelerator = chooseAccelerator(kernel);
  const jobs = options.shell
    ? []
    : variants.map((variant, index) => jobOf(variant, accelerator, index, options));
  const directory = mkdtempSync(join(cacheDirectory(), 'run-'));
  try {
    const job = makeJobDisk({ root, directory, jobs, shell: options.shell });
    const workMs = jobs.reduce((ms, { seconds }) => ms + (seconds + 60) * 1000, 0);
    return await bootWithRetry(`${guest}, ${boot} boot, ${accelerator}`, {
      ...{ accelerator, kernel, root: join(image, 'root.img'), job, modules, directory },
      ...{ bootArguments: BOOT_ARGUMENTS[boot], shell: options.shell },
      ...{ readyMs: READY_MS, doneMs: options.shell ? SHELL_MS : READY_MS + workMs },
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * @param {import('./variants.mjs').Variant} variant @param {'kvm' | 'tcg'} accelerator @param {number} index
 * @param {ReturnType<typeof import('./options.mjs').parseOptions>} options
 */
function jobOf(variant, accelerator, index, options) {
  return options.run === undefined
    ? testJob(variant, accelerator, index, options)
    : commandJob(variant, accelerator, options.run);
}

/**
 * One boot in some dozens hangs before systemd's first unit; only such a one is tried again.
 *
 * @param {string} title @param {Parameters<typeof bootOnce>[0]} machine
 */
async function bootWithRetry(title, machine) {
  for (let attempt = 1; ; attempt++) {
    say(`booting ${title}`);
    const report = await bootOnce(machine);
    if (report.done) return report;
    const log = join(cacheDirectory(), 'last-console.log');
    copyFileSync(join(machine.directory, 'console.log'), log);
    say(
      `${report.problem}; the console's last lines (all of it: ${log}):\n${consoleTail(machine.directory)}`,
    );
    if (report.ready || report.problem === INTERRUPTED || attempt === ATTEMPTS) return report;
    say('trying once more');
  }
}
