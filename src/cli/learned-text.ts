/** What `warder seccomp learn` found, as a profile file and as text for people. */
import { resolve } from 'node:path';
import { stringify } from 'yaml';
import type { Learned } from '#internal.ts';

/** A file in the format of policies/seccomp. */
export function learnedProfile(learned: Learned, name: string): string {
  const { add, remove, base, openBase, argv } = learned;
  const command = oneLine(argv.join(' '));
  // From any directory: what the file includes is looked for from where the file lies.
  const included = base.includes('/') ? resolve(base) : base;
  const fallback = openBase ? { default: { errno: 'ENOSYS' } } : {};
  const head = stringify(
    { version: 1, name, description: `What ${command} called`, includes: [included], ...fallback },
    { lineWidth: 0 },
  );
  const why = stringify(`called by ${command}`, { lineWidth: 0 });
  const groups = add.length > 0 ? `groups:\n  - why: ${why}    syscalls:\n${nameList(add, '      ')}` : '';
  const removed = remove.length > 0 ? `remove:\n${nameList(remove, '  ')}` : '';
  return head + groups + removed;
}

/** A YAML flow list in lines of a readable length. */
function nameList(names: readonly string[], indent: string): string {
  const lines: string[] = [''];
  for (const name of names) {
    const line = lines.at(-1) ?? '';
    if (line.length + name.length > LINE_WIDTH) lines.push(`${name}, `);
    else lines[lines.length - 1] = `${line}${name}, `;
  }
  const body = lines.map((line) => `${indent}  ${line.trimEnd()}\n`).join('');
  return `${indent}[\n${body}${indent}]\n`;
}

const LINE_WIDTH = 100;
const LONGEST_COMMAND = 200;

function oneLine(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length > LONGEST_COMMAND ? `${flat.slice(0, LONGEST_COMMAND)}…` : flat;
}

export function learnedText(learned: Learned): string {
  const { base, add, remove, held, conditional, unknown, counts, exitCode, foreignAbi } = learned;
  const lines = [
    `${Object.keys(counts).length} different calls; the command ended with ${exitCode === null ? 'a signal' : `exit code ${exitCode}`}`,
    list(`to be added to ${base}`, add),
    list(`allowed by ${base} and not called, removed`, remove.length > 0 ? [`${remove.length} calls`] : []),
    list('called, and refused by rules that no profile can lift', held),
    list('called, and allowed for some arguments only', conditional),
    list('called, and unknown to the tables of this version', unknown),
    foreignAbi ? 'a process of another ABI took part; the filter ends such processes\n' : '',
  ];
  return lines.map((line) => (line === '' || line.endsWith('\n') ? line : `${line}\n`)).join('');
}

function list(title: string, names: readonly string[]): string {
  return names.length === 0 ? '' : `${title}: ${names.join(' ')}`;
}
