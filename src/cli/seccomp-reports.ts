/** What `warder seccomp show`, `explain` and `compile` say, as data and as text. */
import { writeFile } from 'node:fs/promises';
import {
  type Arch,
  describeAction,
  describeCondition,
  describeSource,
  disassembleProgram,
  emitKafel,
  explainCall,
  isSyscallName,
  parseArgument,
  type SeccompSubject,
  seccompSubject,
  suggest,
  syscallName,
  syscallNames,
} from '#internal.ts';
import { printText } from './print.ts';
import { explanationText, summaryText, verdictWord } from './seccomp-text.ts';
import { usageError } from './usage-error.ts';

/** What the options of every command here parse to. */
export interface SubjectFlags {
  readonly policy?: boolean;
  readonly lang?: string;
  readonly network?: 'none' | 'loopback';
  readonly arch: Arch;
}

interface Report {
  readonly data: unknown;
  readonly text: string;
}

async function subjectOf(
  name: string,
  { policy = false, lang, network, arch }: SubjectFlags,
): Promise<SeccompSubject> {
  return seccompSubject(name, { policy, language: lang, network, arch });
}

function titleOf({ kind, name, built }: SeccompSubject): string {
  return kind === 'profile' ? `profile ${name}` : `policy ${name} with profile ${built.summary.profile}`;
}

export async function showReport(name: string, flags: SubjectFlags): Promise<Report> {
  const subject = await subjectOf(name, flags);
  const { kind, built, notes } = subject;
  const remarks = notes.map((note) => `note: ${note}\n`).join('');
  return {
    data: { kind, name, ...built.summary, notes },
    text: summaryText(titleOf(subject), built.summary) + remarks,
  };
}

export async function explainReport(
  name: string,
  call: string,
  args: readonly string[],
  flags: SubjectFlags,
): Promise<Report> {
  const syscall = syscallOf(call, flags.arch);
  const values = argumentsOf(args, flags.arch);
  const subject = await subjectOf(name, flags);
  const explanation = explainCall(subject.built.model, syscall, values);
  const { arch, number, listed, candidates } = explanation;
  const data = {
    kind: subject.kind,
    name,
    profile: subject.built.summary.profile,
    arch,
    syscall,
    number,
    args,
    verdict: verdictWord(explanation),
    listed,
    rules: candidates.map(({ when, action, why, source }) => ({
      when: when.map(describeCondition),
      action: describeAction(action),
      why,
      source: source === undefined ? null : describeSource(source),
    })),
  };
  const shown = `${syscall}(${args.join(', ')})`;
  return { data, text: explanationText(titleOf(subject), shown, explanation) };
}

function syscallOf(text: string, arch: Arch): string {
  if (isSyscallName(text)) return text;
  const name = /^\d{1,9}$/.test(text) ? syscallName(arch, Number(text)) : undefined;
  if (name !== undefined) return name;
  const near = suggest(text, syscallNames(arch));
  throw usageError('', `there is no system call \`${text}\``, near ? `Did you mean ${near}?` : undefined);
}

/** `_` and `*` leave an argument open. */
function argumentsOf(args: readonly string[], arch: Arch): readonly (bigint | undefined)[] {
  if (args.length > 6) throw usageError('', 'a system call has six arguments at most');
  return args.map((text) => {
    if (text === '_' || text === '*') return undefined;
    const parsed = parseArgument(arch, text);
    if (parsed.ok) return parsed.value;
    const hint = parsed.suggestion === undefined ? undefined : `Did you mean ${parsed.suggestion}?`;
    throw usageError('', parsed.message, hint);
  });
}

export async function compileReport(
  name: string,
  flags: SubjectFlags & { readonly format: 'bpf' | 'kafel' | 'disasm'; readonly out?: string },
): Promise<void> {
  if (flags.format === 'bpf' && flags.out === undefined && process.stdout.isTTY) {
    throw usageError(
      '--format',
      'bpf is binary, and standard output is a terminal',
      'Redirect it, or add --out FILE',
    );
  }
  const { built } = await subjectOf(name, flags);
  const output = outputOf(flags.format, built);
  if (flags.out !== undefined) await writeOut(flags.out, output);
  else if (typeof output === 'string') printText(output);
  else process.stdout.write(output);
}

function outputOf(format: 'bpf' | 'kafel' | 'disasm', built: SeccompSubject['built']): string | Uint8Array {
  switch (format) {
    case 'bpf':
      return built.program;
    case 'kafel':
      return emitKafel(built.model);
    case 'disasm':
      return disassembleProgram(built.program)
        .map((line) => `${line}\n`)
        .join('');
  }
}

async function writeOut(path: string, output: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, output);
  } catch (error) {
    throw usageError('--out', `cannot write ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
}
