import { createHash } from 'node:crypto';
import type { WarderError } from '#error/warder-error.ts';
import { FIRST_BLOB_FD } from '#launch/jail.ts';
import type { LandlockPlan, LaunchSpec } from '#launch/types.ts';
import type { Prepared } from '#prepare.ts';

/** Everything that is decided about a run, one thing a line, so that a change of behaviour is a readable diff. */
export function formatPrepared({ jail, program, launch, filter }: Prepared): string {
  const { rules: _, counts, ...seccomp } = filter.summary;
  const { spec, supervision } = program;
  return [
    section('launcher', launch.argv),
    section(...configuration(launch)),
    ...descriptors(launch),
    section('program', [
      json({ argv: spec.argv, cwd: spec.cwd, backstopMs: spec.backstopMs, notify: spec.notify }),
    ]),
    section(
      'environment',
      Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    ),
    section(
      'files',
      spec.files.map(({ path, content, mode }) => `${mode.toString(8)} ${content.byteLength} ${path}`),
    ),
    section('supervision', fieldLines(supervision)),
    section(
      'rlimits',
      spec.rlimits.map(({ resource, name, soft, hard }) => `${resource} ${name} ${soft} ${hard}`),
    ),
    section('landlock', spec.landlock ? landlockLines(spec.landlock) : ['none']),
    section('cgroup', jail.cgroup ? fieldLines(jail.cgroup) : ['none']),
    section(
      'controls',
      jail.controls.map(
        ({ control, value, enforcedBy }) =>
          `${control} = ${json(value)} by ${enforcedBy.join(', ') || 'nobody'}`,
      ),
    ),
    section(
      'weakenings',
      jail.weakenings.map(({ id, why }) => `${id}: ${why}`),
    ),
    section('seccomp', fieldLines({ ...seccomp, ...counts })),
    section('policy and tree', [json(jail.policy), json(jail.rootfs)]),
  ].join('\n');
}

export function formatRefusal({ code, message, hint, details }: WarderError): string {
  return section('refused', [code, message, `hint: ${hint ?? 'none'}`, json(details)]);
}

function section(title: string, body: readonly string[]): string {
  return `[${title}]\n${body.map((line) => `${line}\n`).join('')}`;
}

/** The first blob tells the launcher what to do: options for bubblewrap, a configuration for nsjail. */
function configuration({ engine, blobs }: LaunchSpec): [title: string, lines: readonly string[]] {
  const content = blobs[0] ?? new Uint8Array();
  return engine === 'bubblewrap'
    ? ['bubblewrap options', optionLines(content)]
    : [`${engine} configuration`, lines(content)];
}

/** Files as text; of the filter that bubblewrap installs a digest: the golden file of nsjail has the same one as text. */
function descriptors({ engine, blobs }: LaunchSpec): readonly string[] {
  const [options = new Uint8Array(), ...contents] = blobs;
  const filter =
    engine === 'bubblewrap' ? optionLines(options).find((line) => line.startsWith('--seccomp ')) : '';
  return contents.map((content, index) => {
    const isFilter = filter === `--seccomp ${FIRST_BLOB_FD + 1 + index}`;
    return section(
      `contents of descriptor ${FIRST_BLOB_FD + 1 + index}`,
      isFilter ? [`filter ${createHash('sha256').update(content).digest('hex')}`] : lines(content),
    );
  });
}

/** One option with its operands a line. */
function optionLines(content: Uint8Array): string[] {
  const options = Buffer.from(content).toString().split('\0').slice(0, -1);
  const starts = options.flatMap((option, index) => (option.startsWith('--') ? [index] : []));
  return starts.map((start, index) => options.slice(start, starts[index + 1]).join(' '));
}

function landlockLines({ rules, ...handled }: LandlockPlan): string[] {
  return [json(handled), ...rules.map(({ path, access }) => `${path} ${access}`)];
}

function lines(content: Uint8Array): string[] {
  return Buffer.from(content).toString().trimEnd().split('\n');
}

function fieldLines(record: object): string[] {
  return Object.entries(record).map(([name, value]) => `${name} = ${json(value)}`);
}

function json(value: unknown): string {
  return JSON.stringify(value);
}
