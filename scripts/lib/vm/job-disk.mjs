import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {{ name: string, variant: string, seconds: number, command: string }} Job
 *   `command` is a script for bash, `seconds` what it may take.
 */

/** Of the checkout: neither history nor what only this host needs. */
const LEFT_OUT = new Set(['.git', 'node_modules', 'coverage']);

/**
 * The second disk: the checkout as it is now, the agent and its jobs. Read-only in the guest, readable by all.
 *
 * @param {{ root: string, directory: string, jobs: readonly Job[], shell: boolean }} options
 * @returns {string} the image's path, below `directory`
 */
export function makeJobDisk({ root, directory, jobs, shell }) {
  const tree = join(directory, 'tree');
  const checkout = join(tree, 'checkout');
  mkdirSync(join(checkout, 'node_modules'), { recursive: true });
  for (const name of readdirSync(root)) {
    if (!LEFT_OUT.has(name)) cpSync(join(root, name), join(checkout, name), { recursive: true });
  }
  cpSync(fileURLToPath(new URL('guest', import.meta.url)), join(tree, 'agent'), { recursive: true });
  mkdirSync(join(tree, 'jobs'));
  jobs.forEach((job, index) => {
    writeJob(join(tree, 'jobs', `${String(index).padStart(2, '0')}-${job.name}`), job);
  });
  if (shell) writeFileSync(join(tree, 'shell'), '');
  execFileSync('chmod', ['-R', 'a+rX', tree]);
  const image = join(directory, 'job.img');
  const mebibytes = Number.parseInt(execFileSync('du', ['-sm', tree], { encoding: 'utf8' }), 10);
  // A quarter more, and 32 MiB, for what the file system itself needs.
  const size = `${Math.ceil(mebibytes * 1.25) + 32}M`;
  execFileSync('mkfs.ext4', ['-q', '-F', '-O', '^has_journal,^metadata_csum', '-d', tree, image, size]);
  rmSync(tree, { recursive: true });
  return image;
}

/** @param {string} directory @param {Job} job */
function writeJob(directory, { variant, seconds, command }) {
  mkdirSync(directory);
  writeFileSync(join(directory, 'variant'), `${variant}\n`);
  writeFileSync(join(directory, 'seconds'), `${seconds}\n`);
  writeFileSync(join(directory, 'command'), command);
}
