import { type Command, Option } from 'commander';
import type { CliContext } from '#cli/context.ts';
import { printJson, printText } from '#cli/print.ts';
import { defineSeccompDiff } from '#cli/seccomp-diff.ts';
import { defineSeccompLearn } from '#cli/seccomp-learn.ts';
import { compileReport, explainReport, type SubjectFlags, showReport } from '#cli/seccomp-reports.ts';

const EXAMPLES = `
NAME is a seccomp profile (default, strict, paranoid, compiler, or a file) or, where no profile has that name or with
--policy, a policy: then its own allow, deny and network mode count as well.

Examples:
  warder seccomp show strict
  warder seccomp explain strict socket AF_VSOCK
  warder seccomp explain default clone 'CLONE_NEWUSER|SIGCHLD'
  warder seccomp compile default --format kafel
  warder seccomp compile default --format bpf > filter.bpf
  warder seccomp diff ./docker.json default
  warder seccomp learn --base default -- python3 script.py`;

export function defineSeccomp(command: Command, context: CliContext): void {
  command.addHelpText('after', EXAMPLES);
  defineShow(command);
  defineExplain(command);
  defineCompile(command);
  defineSeccompDiff(command, withSubject);
  defineSeccompLearn(command, context);
}

function defineShow(parent: Command): void {
  withSubject(
    parent.command('show').description('every rule of a filter, its reason and where it is written'),
  )
    .option('--json', 'as JSON')
    .argument('<name>', 'profile, policy or file')
    .addHelpText(
      'after',
      '\nExamples:\n  warder seccomp show default\n  warder seccomp show --policy production --lang java',
    )
    .action(async (name: string, flags: SubjectFlags & { readonly json?: boolean }) => {
      const { data, text } = await showReport(name, flags);
      if (flags.json) printJson(data);
      else printText(text);
    });
}

function defineExplain(parent: Command): void {
  withSubject(
    parent.command('explain').description('what a filter answers to one call, by which rule, and why'),
  )
    .option('--json', 'as JSON')
    .argument('<name>', 'profile, policy or file')
    .argument('<syscall>', 'name or number')
    .argument('[args...]', 'numbers or names of values, such as AF_VSOCK or "O_RDWR|O_CLOEXEC"; _ for any')
    .addHelpText(
      'after',
      '\nExamples:\n  warder seccomp explain strict socket AF_VSOCK\n  warder seccomp explain default ioctl _ TIOCSTI',
    )
    .action(
      async (name: string, syscall: string, args: string[], flags: SubjectFlags & { json?: boolean }) => {
        const { data, text } = await explainReport(name, syscall, args, flags);
        if (flags.json) printJson(data);
        else printText(text);
      },
    );
}

function defineCompile(parent: Command): void {
  withSubject(
    parent.command('compile').description('the filter as a program for the kernel, as kafel text, or listed'),
  )
    .addOption(
      new Option('--format <format>', 'bpf: struct sock_filter[], as bwrap --seccomp takes it')
        .choices(['bpf', 'kafel', 'disasm'])
        .default('disasm'),
    )
    .option('--out <file>', 'write there instead of to standard output')
    .argument('<name>', 'profile, policy or file')
    .addHelpText('after', '\nExample:\n  warder seccomp compile default --format bpf --out default.bpf')
    .action(
      async (name: string, flags: SubjectFlags & { format: 'bpf' | 'kafel' | 'disasm'; out?: string }) => {
        await compileReport(name, flags);
      },
    );
}

function withSubject(command: Command): Command {
  return command
    .option('--policy', 'NAME is a policy, also where a profile has that name')
    .option('-l, --lang <id>', 'with the layers of the profile for this language')
    .addOption(
      new Option('--network <mode>', 'network mode (default: the policy’s, or none)').choices([
        'none',
        'loopback',
      ]),
    )
    .addOption(new Option('--arch <arch>', 'architecture').choices(['x86_64', 'aarch64']).default('x86_64'));
}
