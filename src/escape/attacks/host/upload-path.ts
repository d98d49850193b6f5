import { type Claim, settle } from '#escape/claims.ts';
import { errorText } from '#escape/error-text.ts';
import { runTrial } from '#escape/trials.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';

export const uploadPath: RunAttack = {
  kind: 'run',
  id: 'host-upload-path',
  category: 'host',
  impact: 'E',
  tier: 1,
  title: 'Names of files that lead elsewhere',
  technique: '../x, /x, a/../../x, empty parts, NUL, and a file that is a directory of another',
  reference: 'snekbox safe_path; startswith checks of path traversal reports',
  expected: 'Refused before anything is started; a plain path arrives',
  run: sendFiles,
};

const BAD: readonly (readonly string[])[] = [
  ['../x'],
  ['/x'],
  ['a/../../x'],
  ['a/./b'],
  ['a//b'],
  ['..'],
  ['.'],
  [''],
  ['x\0y'],
  ['a', 'a/b'],
  ['a', 'a'],
  ['../workspace-of-another/x'],
];

async function sendFiles(context: AttackContext): Promise<Finding> {
  const claims: Claim[] = [];
  for (const paths of BAD) {
    const text = await sendPaths(context, paths);
    claims.push({ text: `${JSON.stringify(paths)}: ${text}`, holds: text.startsWith('REQUEST_INVALID') });
  }
  const plain = await sendPaths(context, ['a/b']);
  return settle(claims, { place: 'a/b', fired: plain.includes('entry b'), evidence: [plain] });
}

async function sendPaths(context: AttackContext, paths: readonly string[]): Promise<string> {
  const files = paths.map((path) => ({ path, content: 'content' }));
  try {
    const { stdout } = await runTrial(context, { args: ['list', '/workspace/a'], request: { files } });
    return `arrived: ${stdout.data.trim().split('\n').join(' ')}`;
  } catch (error) {
    return errorText(error);
  }
}
