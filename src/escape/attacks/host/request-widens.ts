import { type Claim, settle } from '#escape/claims.ts';
import { errorText } from '#escape/error-text.ts';
import { runTrial } from '#escape/trials.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';
import type { RunRequest } from '#index.ts';
import { loadPolicyFile } from '#internal.ts';

export const requestWidens: RunAttack = {
  kind: 'run',
  id: 'host-request-widens',
  category: 'host',
  impact: 'S',
  tier: 1,
  title: 'Requests for more than the policy grants',
  technique:
    'Each limit beyond its ceiling, in the request of a client; keys of a policy and of the library in a request; a file as the policy; another digest',
  reference: 'judge0 (limits of the request without a ceiling), piston (run_timeout of the request)',
  expected: 'Refused before anything is started, each with its code; what is tighter is taken',
  run: askForMore,
};

/** More than any policy has a reason to grant, and within what the fields can say. */
const WIDER: Readonly<Record<string, unknown>> = {
  wall: 'unlimited',
  cpuTime: 'unlimited',
  cpu: 'unlimited',
  memory: '1048576GiB',
  swap: 'unlimited',
  pids: 'unlimited',
  stdout: 'unlimited',
  stderr: 'unlimited',
  fileSize: '1048576GiB',
  openFiles: 1_048_576,
  stack: '1048576GiB',
  core: '1048576GiB',
  workspace: { size: '1048576GiB' },
  tmp: { size: '1048576GiB' },
  shm: { size: '1048576GiB' },
};

/** What belongs to a policy, or to whoever runs warder. */
const FOREIGN: Readonly<Record<string, unknown>> = {
  network: { mode: 'loopback' },
  filesystem: { mounts: [{ type: 'bind', source: '/', target: '/host', readOnly: true }] },
  identity: { uid: 0 },
  environment: { X: '1' },
  devices: ['tty'],
  seccomp: { allow: ['ptrace'] },
  execution: { writtenFiles: 'allow' },
  ceilings: { wall: '1h' },
  allowDegraded: ['memory'],
  allowWiden: true,
  overrides: { limits: { pids: 'unlimited' } },
  policies: ['development'],
  transform: {},
};

interface Asked {
  readonly name: string;
  readonly request: object;
  /** How a refusal begins. */
  readonly code: string;
}

function wishes({ canaries }: AttackContext, granted: ReadonlySet<string>): readonly Asked[] {
  return [
    ...Object.entries(WIDER)
      .filter(([name]) => !granted.has(name))
      .map(([name, value]) => ({
        name: `limits.${name}`,
        request: { limits: { [name]: value } },
        code: 'REQUEST_BEYOND_CEILING: ',
      })),
    ...Object.entries(FOREIGN).map(([name, value]) => ({
      name,
      request: { [name]: value },
      code: 'REQUEST_INVALID: ',
    })),
    { name: 'a key of limits', request: { limits: { nothing: 1 } }, code: 'REQUEST_INVALID: ' },
    { name: 'a file as the policy', request: { policy: canaries.file }, code: 'REQUEST_INVALID: ' },
    { name: 'a file above', request: { policy: `../..${canaries.file}` }, code: 'REQUEST_INVALID: ' },
  ];
}

async function askForMore(context: AttackContext): Promise<Finding> {
  const { reference } = context.facts.policy;
  if (reference === undefined) return { verdict: 'error', evidence: ['no policy'], control: null };
  const claims: Claim[] = [];
  const asked = [...wishes(context, await unlimitedIn(reference)), anotherDigest(reference)];
  for (const { name, request, code } of asked) {
    const text = await ask(context, request as RunRequest);
    claims.push({ text: `${name}: ${text}`, holds: text.startsWith(code) });
  }
  const tighter = await ask(context, { limits: { openFiles: 16, stdout: '16KiB' } });
  return settle(claims, { place: 'tighter limits', fired: tighter === TAKEN, evidence: [tighter] });
}

/** What the policy itself leaves open, or lets requests open: that is asked of `res-limits-unset`. */
async function unlimitedIn(reference: string): Promise<ReadonlySet<string>> {
  const { entries } = await loadPolicyFile(reference);
  const isOpen = (name: string): boolean =>
    ['limits', 'ceilings'].some((part) =>
      [`${part}.${name}`, `${part}.${name}.size`].some((path) => entries.get(path)?.value === 'unlimited'),
    );
  return new Set(Object.keys(WIDER).filter(isOpen));
}

/** Whoever made a request for one policy must not get another of the same name. */
function anotherDigest(name: string): Asked {
  const policy = { name, sha256: '0'.repeat(64) };
  return { name: 'another digest', request: { policy }, code: 'POLICY_DIGEST_MISMATCH: ' };
}

const TAKEN = 'taken';

async function ask(context: AttackContext, request: RunRequest): Promise<string> {
  try {
    const { ok, outcome } = await runTrial(context, { args: ['ids'], request });
    return ok ? TAKEN : `taken, ${JSON.stringify(outcome)}`;
  } catch (error) {
    return errorText(error);
  }
}
