import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootOnce, INTERRUPTED, readConsole } from './boot.mjs';
import { cacheDirectory, ensureImage, ensureModules, makeRunDirectory } from './cache.mjs';
import { makeJobDisk } from './job-disk.mjs';
import { commandJob, testJob } from './jobs.mjs';
import { chooseAccelerator } from './qemu.mjs';
import { say } from './say.mjs';
import { BOOT_ARGUMENTS } from './variants.mjs';

/** Generous, for hosts that are busy: a boot under emulation takes 6 to 8 s. */
const READY_MS = 90_000;
const SHELL_MS = 86_400_000;
const ATTEMPTS = 2;
const CONSOLE_LINES = 50;

/**
 * One machine and the variants that run in it, one after the other. `prefix` tells its lines from those of a machine beside it.
 * @typedef {{
 *   guest: string, boot: import('./variants.mjs').Boot, variants: import('./variants.mjs').Variant[], prefix: string,
 * }} Session
 */

/**
 * @param {Session} session
 * @param {ReturnType<typeof import('./options.mjs').parseOptions>} options
 * @param {string} root of the checkout
 */
export async function runSession({ guest, boot, variants, prefix }, options, root) {
  const image = ensureImage(guest);
  const modules = ensureModules(root);
  const kernel = join(image, 'vmlinuz');
  const accelerator = chooseAccelerator(kernel);
  const jobs = options.shell
    ? []
    : variants.map((variant, index) => jobOf(variant, accelerator, index, options));
  const directory = makeRunDirectory();
  try {
    const job = makeJobDisk({ root, directory, jobs, shell: options.shell });
    const workMs = jobs.reduce((ms, { seconds }) => ms + (seconds + 60) * 1000, 0);
    const what = options.shell ? 'a shell' : variants.map(({ name }) => name).join(', ');
    const log = join(cacheDirectory(), `console-${guest}-${variants[0]?.machine}.log`);
    return await bootWithRetry(`${guest} (${boot} boot, ${accelerator}) for ${what}`, log, {
      ...{ accelerator, kernel, root: join(image, 'root.img'), job, modules, directory, prefix },
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
 * One boot in some dozens hangs before systemd's first unit; only such a one is tried again, and then tells what it does.
 * What the console said of a failure is kept in `log`.
 *
 * @param {string} title @param {string} log @param {Omit<Parameters<typeof bootOnce>[0], 'verbose'>} machine
 */
async function bootWithRetry(title, log, machine) {
  for (let attempt = 1; ; attempt++) {
    say(`booting ${title}`);
    const report = await bootOnce({ ...machine, verbose: attempt > 1 });
    if (report.done) return report;
    say(`${title}: ${report.problem}`);
    if (report.problem === INTERRUPTED) return report;
    sayConsole(readConsole(machine.directory), log);
    if (report.ready) return report;
    if (attempt === ATTEMPTS) {
      say('if the image is damaged, --rebuild makes a new one');
      return report;
    }
    say(`${title}: the machine was not ready, so once more`);
  }
}

/** @param {string} text @param {string} log */
function sayConsole(text, log) {
  writeFileSync(log, `${text}\n`);
  if (text === '') say('its console said nothing');
  else
    say(
      `its console's last lines (all of it: ${log}):\n${text.split('\n').slice(-CONSOLE_LINES).join('\n')}`,
    );
}
