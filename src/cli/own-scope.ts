import { Socket } from 'node:net';
import { OWN_SCOPE_CHANNEL_FD, OWN_SCOPE_VARIABLE, rerunInOwnScope } from '#internal.ts';
import type { CliContext, ExitStatus } from './context.ts';

/**
 * Ends the command by what became of a second start in a scope of its own; undefined when it is to go on here. Comes
 * before anything is read from standard input, which is the other's then.
 */
export async function inOwnScope({ env }: CliContext): Promise<ExitStatus | undefined> {
  if (env[OWN_SCOPE_VARIABLE] === String(OWN_SCOPE_CHANNEL_FD)) answerOuter();
  const [program = '', ...rest] = process.argv;
  const ended = await rerunInOwnScope({ command: [program, ...process.execArgv, ...rest], env });
  if (ended === null) return undefined;
  if (ended.signal !== null) return { kind: 'signal', signal: ended.signal };
  return { kind: 'code', code: ended.exitCode ?? 70 };
}

/** In the one inside: says that it runs, and ends as if the terminal had been closed when the first one is gone. */
function answerOuter(): void {
  try {
    const channel = new Socket({ fd: OWN_SCOPE_CHANNEL_FD, readable: true, writable: true });
    channel.on('error', () => {});
    // Also after an error: whoever is gone already cannot be written to.
    channel.once('close', () => process.kill(process.pid, 'SIGHUP'));
    channel.resume();
    channel.write('1');
    channel.unref();
  } catch {
    // The variable was set by somebody else: there is no such descriptor, and nobody to answer.
  }
}
