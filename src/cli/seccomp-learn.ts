/** `warder seccomp learn`: a profile from what a command does. */
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { type Learned, learnProfile } from '#internal.ts';
import type { CliContext } from './context.ts';
import { learnedProfile, learnedText } from './learned-text.ts';
import { printJson, printText } from './print.ts';
import { usageError } from './usage-error.ts';

interface LearnFlags {
  readonly base: string;
  readonly lang?: string;
  readonly name: string;
  readonly out?: string;
  readonly json?: boolean;
}

const LEARN_HELP = `
The command runs on this host under strace, with your rights and WITHOUT A SANDBOX: learn from programs that you trust.
What it did not do this time is not in the profile; look at it before you use it.

Examples:
  warder seccomp learn -- python3 script.py
  warder seccomp learn --lang python --out python.yaml
  warder seccomp show ./python.yaml`;

export function defineSeccompLearn(parent: Command, { programArgs }: CliContext): void {
  parent
    .command('learn')
    .description('trace a command, and write the smallest profile for it as a difference to one that exists')
    .usage('[options] (-- CMD [ARGS…] | --lang ID)')
    .option('--base <profile>', 'the profile to differ from, a name or a file', 'default')
    .option('-l, --lang <id>', 'trace the sample program of this language instead of a command')
    .option('--name <name>', 'name of the profile', 'learned')
    .option('--out <file>', 'write the profile there, and what was found to standard output')
    .option('--json', 'what was found, as JSON; the profile as text in it')
    .addHelpText('after', LEARN_HELP)
    .action(async (flags: LearnFlags) => {
      const learned = await learnProfile({ base: flags.base, command: commandOf(flags, programArgs) });
      await report(learned, learnedProfile(learned, flags.name), flags);
    });
}

function commandOf({ lang }: LearnFlags, argv: readonly string[] | null) {
  const given = argv ?? [];
  if (lang !== undefined && given.length === 0) return { kind: 'language', id: lang } as const;
  if (lang === undefined && given.length > 0) return { kind: 'argv', argv: given } as const;
  throw usageError(
    '',
    'name a command after --, or a language with --lang',
    'warder seccomp learn -- CMD [ARGS…]',
  );
}

async function report(learned: Learned, profile: string, { out, json }: LearnFlags): Promise<void> {
  if (out !== undefined) await writeNew(out, profile);
  if (json) printJson({ ...learned, profile });
  else if (out === undefined) {
    // The profile alone can be redirected into a file.
    printText(profile);
    process.stderr.write(learnedText(learned));
  } else printText(`${learnedText(learned)}written: ${out}\n`);
}

/** A profile may have been edited since: it is not written over. */
async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw usageError(
      '--out',
      `cannot write ${path}: ${code}`,
      code === 'EEXIST' ? 'Remove it, or choose another name' : undefined,
    );
  }
}
