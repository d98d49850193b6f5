import { contentOf, describeEnd } from '#escape/judging.ts';
import type { Answers, JudgeContext, Judgement, ProbeAttack } from '#escape/types.ts';

/** A file system of the program's own each, so it must have a size. */
const PRIVATE: readonly string[] = ['/dev/shm', '/tmp', '/workspace'];
/** init's handle on a sysctl of the jail's own user namespace, which takes a capability to write (src/native/privileges.c). */
const INIT_ONLY = '/dev/.max_user_namespaces';

export const mountFlags: ProbeAttack = {
  kind: 'probe',
  id: 'fs-mount-flags',
  category: 'filesystem',
  impact: 'V',
  tier: 2,
  title: 'Mounts that allow more than they need',
  technique: 'Reads /proc/self/mountinfo and looks for mounts without ro, nosuid, nodev or a size',
  reference: 'mount(2), proc_pid_mountinfo(5)',
  expected:
    'Every mount nosuid; nodev but for single devices; read-only but for /workspace, /tmp, /dev/shm, which have a size',
  probes: () => [{ name: 'mounts', argv: ['read', '/proc/self/mountinfo'] }],
  judge: judgeMounts,
  controls: ['plain', 'host'],
  layers: [],
};

interface Mount {
  readonly target: string;
  readonly options: readonly string[];
  readonly type: string;
  readonly superOptions: readonly string[];
}

function judgeMounts([answer]: Answers, { facts }: JudgeContext): Judgement {
  const mounts = (answer ? contentOf(answer) : '').split('\n').flatMap(parseMount);
  if (mounts.length < 3)
    return { verdict: 'error', evidence: [(answer && describeEnd(answer)) ?? 'mountinfo cannot be read'] };
  const { binds = [] } = facts.policy;
  const granted = binds.flatMap(({ target, readOnly }) => (readOnly ? [] : [target]));
  const wrong = mounts.flatMap((mount) =>
    faultsOf(mount, granted).map((fault) => `${mount.target}: ${fault}`),
  );
  if (wrong.length > 0) return { verdict: 'escaped', evidence: wrong };
  return { verdict: 'contained', evidence: [`${mounts.length} mounts as they should be`] };
}

/** Fields of proc_pid_mountinfo(5): optional ones end at the hyphen. */
function parseMount(line: string): readonly Mount[] {
  const [before = '', after = ''] = line.split(' - ');
  const [, , , , target, options] = before.split(' ');
  const [type = '', , superOptions = ''] = after.split(' ');
  if (target === undefined || options === undefined) return [];
  return [{ target, options: options.split(','), type, superOptions: superOptions.split(',') }];
}

function faultsOf(
  { target, options, type, superOptions }: Mount,
  granted: readonly string[],
): readonly string[] {
  const isDevice = type === 'devtmpfs' && target !== '/dev' && target.startsWith('/dev/');
  const mayWrite = PRIVATE.includes(target) || target === INIT_ONLY || isDevice || granted.includes(target);
  const lacks = (option: string): boolean => !options.includes(option);
  return [
    ...(lacks('ro') && !mayWrite ? ['is writable'] : []),
    ...(lacks('nosuid') ? ['without nosuid'] : []),
    ...(lacks('nodev') && !isDevice ? ['without nodev'] : []),
    ...(PRIVATE.includes(target) && !superOptions.some((option) => option.startsWith('size='))
      ? ['without a size']
      : []),
  ];
}
