/** The one line that says how a run ended, when its exit code alone would not. */
import type { ControlEntry, Outcome, RunResult } from '#index.ts';
import { formatDurationMs, formatSizeBytes } from '#internal.ts';
import { isMissingCommand } from './exit-code.ts';
import { safeText } from './safe-name.ts';

type Limited = Pick<
  RunResult,
  'outcome' | 'phase' | 'controls' | 'limitsHit' | 'evidence' | 'artifactsRefused'
>;
type LimitControl = 'wall' | 'cpuTime' | 'memory' | 'pids' | 'stdout' | 'stderr';

/** What a limit is called in a sentence, its unit, and the option that raises it. */
const LIMITS: Readonly<
  Record<
    LimitControl,
    { readonly name: string; readonly unit: (value: number) => string; readonly option: string }
  >
> = {
  wall: { name: 'time limit', unit: formatDurationMs, option: '--timeout' },
  cpuTime: { name: 'CPU time limit', unit: formatDurationMs, option: '--set limits.cpuTime=…' },
  memory: { name: 'memory limit', unit: formatSizeBytes, option: '--memory' },
  pids: { name: 'process limit', unit: String, option: '--pids' },
  stdout: { name: 'limit on standard output', unit: formatSizeBytes, option: '--set limits.stdout=…' },
  stderr: { name: 'limit on standard error', unit: formatSizeBytes, option: '--set limits.stderr=…' },
};

/** null for a program that ended by itself without reaching a limit. `canceledBy` is the signal that we received. */
export function summaryLine(result: Limited, canceledBy?: string): string | null {
  const { outcome } = result;
  if (result.phase === 'compile') return compileLine(result, canceledBy);
  if (outcome.kind !== 'exited') return withOthers(describe(result, outcome, canceledBy), result);
  const reached = result.limitsHit.filter(isLimitControl);
  return reached.length === 0 ? null : reached.map((control) => limitReached(control, result)).join('; ');
}

/** What was said on stderr is the compiler's; this says whose exit code it is, and where its limits are set. */
function compileLine(result: Limited, canceledBy: string | undefined): string {
  const { outcome } = result;
  if (outcome.kind === 'limit') return `not compiled: ${compileLimit(outcome.limit, result)}`;
  if (outcome.kind !== 'exited') return `not compiled: ${describe(result, outcome, canceledBy)}`;
  if (outcome.exitCode === 0) return `not run: the compiler succeeded and left ${leftOver(result)}`;
  return `not compiled: the compiler exited with ${outcome.exitCode}`;
}

function leftOver({ artifactsRefused: [first] }: Limited): string {
  return first ? `what is not taken: ${safeText(first.path)} (${first.why})` : 'no program';
}

function compileLimit(control: LimitControl, { controls }: Limited): string {
  return `${withValue(control, controls)} reached by the compiler; raise it with --set compile.limits.${control}=…`;
}

function describe(
  result: Limited,
  outcome: Exclude<Outcome, { kind: 'exited' }>,
  canceledBy: string | undefined,
): string {
  switch (outcome.kind) {
    case 'signaled':
      return `ended by ${outcome.signal}${outcome.coreDumped ? ' (core dumped)' : ''}`;
    case 'limit':
      return limitReached(outcome.limit, result);
    case 'denied':
      return `ended by seccomp: the policy denies the system call ${outcome.syscall} (${outcome.abi})`;
    case 'notStarted':
      return notStarted(outcome.errno, result.evidence.execFailed?.step);
    case 'canceled':
      return canceledBy === undefined ? 'canceled' : `canceled by ${canceledBy}`;
  }
}

function notStarted(errno: string, step: string | undefined): string {
  if (step === 'chdir') return `the working directory cannot be entered in the sandbox: ${errno}`;
  if (isMissingCommand(errno, step)) return `the command was not found in the sandbox (${errno})`;
  return `the command could not be executed in the sandbox: ${errno}`;
}

/** A program may have met other limits before the one that ended it. */
function withOthers(line: string, { outcome, limitsHit, controls }: Limited): string {
  const ended = outcome.kind === 'limit' ? outcome.limit : undefined;
  const others = limitsHit.filter((control) => isLimitControl(control) && control !== ended);
  const names = others.filter(isLimitControl).map((control) => withValue(control, controls));
  return names.length === 0 ? line : `${line}; also reached: ${names.join(', ')}`;
}

function limitReached(control: LimitControl, { controls }: Limited): string {
  return `${withValue(control, controls)} reached; raise it with ${LIMITS[control].option}`;
}

function withValue(control: LimitControl, controls: readonly ControlEntry[]): string {
  const { name, unit } = LIMITS[control];
  const value = controls.find((entry) => entry.control === control)?.value;
  return typeof value === 'number' ? `${name} of ${unit(value)}` : name;
}

function isLimitControl(control: string): control is LimitControl {
  return Object.hasOwn(LIMITS, control);
}
