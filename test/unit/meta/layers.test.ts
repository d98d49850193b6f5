import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/**
 * The rules of .dependency-cruiser.mjs go blind without a sound when an import no longer resolves (a renamed condition,
 * a new resolver). So each of them is shown a tree that breaks it, and must speak for that file.
 */

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Rule → [file that breaks it, its text]. */
const PLANTED: Readonly<Record<string, readonly [string, string]>> = {
  'layers-point-down-0': ['src/error/up.ts', "export { a } from '#policy/a.ts';"],
  'layers-point-down-1': ['src/cgroup/up.ts', "import type { A } from '#plan/a.ts';\nexport type B = A;"],
  'layers-point-down-2': ['src/host/up.ts', "export { a } from '#supervise/a.ts';"],
  'layers-point-down-3': ['src/plan/up.ts', "export { a } from '#engines/engine.ts';"],
  'layers-point-down-4': ['src/engines/up.ts', "export { a } from '#supervise/a.ts';"],
  'layers-point-down-5': ['src/supervise/up.ts', "export { a } from '#run.ts';"],
  'layers-point-down-6': ['src/up.ts', "export { a } from '#cli/a.ts';"],
  'layers-point-down-7': ['src/escape/up.ts', "export { a } from '#cli/a.ts';"],
  'no-sideways-error': ['src/error/sideways.ts', "export { a } from '#util/a.ts';"],
  'no-sideways-seccomp': ['src/seccomp/sideways.ts', "export { a } from '#cgroup/a.ts';"],
  'no-sideways-policy': [
    'src/policy/sideways.ts',
    "import type { A } from '#host/a.ts';\nexport type B = A;",
  ],
  'no-sideways-cli': ['src/cli/sideways.ts', "export { a } from '#server/a.ts';"],
  'backends-do-not-meet': ['src/engines/nsjail/meets.ts', "export { a } from '#engines/bubblewrap/a.ts';"],
  'supervise-uses-engine-port': ['src/supervise/engine.ts', "export { a } from '#engines/bubblewrap/a.ts';"],
  'plan-and-engines-stay-pure': ['src/plan/impure.ts', "export { a } from '#host/a.ts';"],
  'surfaces-import-index-and-internal-only': ['src/cli/deep.ts', "export { a } from '#policy/a.ts';"],
  'known-folders-only': ['src/run-unknown.ts', "export { a } from '#unknown/a.ts';"],
  'no-circular': ['src/util/circle.ts', "import { b } from './ring.ts';\nexport const c = () => b;"],
  'no-orphans': ['src/util/orphan.ts', 'export const alone = 1;'],
  'only-launch-spawns': ['src/supervise/spawns.ts', "export { spawn } from 'node:child_process';"],
  'only-rim-touches-fs': ['src/plan/reads.ts', "export { readFile } from 'node:fs/promises';"],
  'zod-only-at-boundaries': ['src/plan/zod.ts', "export { z } from 'zod';"],
  'not-to-unresolvable': ['src/util/lost.ts', "export { x } from '#util/does-not-exist.ts';"],
  'not-to-dev-dep': ['src/util/dev.ts', "export { test } from 'vitest';"],
  'not-to-undeclared': ['src/util/undeclared.ts', "export { default } from 'atomic-sleep';"],
  'no-dep-on-test': ['src/util/tests.ts', "export { x } from '../../test/x.ts';"],
};

/** What the planted files import; `execa` shows that packages are seen as well as Node's own modules. */
const SUPPORT: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'policy',
      'plan',
      'supervise',
      'cli',
      'server',
      'util',
      'cgroup',
      'host',
      'unknown',
      'engines/bubblewrap',
    ].map((folder) => [`src/${folder}/a.ts`, 'export const a = 1;\nexport type A = number;']),
  ),
  'src/engines/engine.ts': 'export const a = 1;',
  'src/run.ts': 'export const a = 1;',
  'src/supervise/spawns-execa.ts': "export { execa } from 'execa';",
  'src/util/ring.ts': "import { c } from './circle.ts';\nexport const b = () => c;",
  'src/launch/spawns.ts': "export { spawn } from 'node:child_process';\nexport { execa } from 'execa';",
  'src/policy/files.ts': "export { readFile } from 'node:fs/promises';",
  'src/policy/schema.ts': "export { z } from 'zod';",
  'src/supervise/port.ts': "export { a } from '#engines/engine.ts';",
  'src/plan/shape.ts': "import type { A } from '#host/a.ts';\nexport type B = A;",
  'test/x.ts': 'export const x = 1;',
};

let tree: string;
let violations: readonly { readonly rule: string; readonly from: string }[];

function plant(path: string, text: string): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), `${text}\n`);
}

/** With JSON output depcruise exits with 0 whatever it found. */
function cruise(): string {
  const script = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [script, '--config', '.dependency-cruiser.mjs', '--output-type', 'json', 'src'];
  return execFileSync(process.execPath, args, { cwd: tree, encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 });
}

interface Report {
  readonly summary: {
    readonly violations: readonly { readonly rule: { readonly name: string }; readonly from: string }[];
  };
}

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'warder-layers-'));
  for (const file of ['.dependency-cruiser.mjs', 'tsconfig.json', 'package.json'])
    cpSync(join(root, file), join(tree, file));
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  for (const [path, text] of Object.entries(SUPPORT)) plant(path, text);
  for (const [path, text] of Object.values(PLANTED)) plant(path, text);
  const report = JSON.parse(cruise()) as Report;
  violations = report.summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }));
}, 60_000);

afterAll(() => rmSync(tree, { recursive: true, force: true }));

describe('each layer rule speaks for the file that breaks it', () => {
  test.each(Object.entries(PLANTED))('%s', (rule, [path]) => {
    expect(violations).toContainEqual({ rule, from: path });
  });

  test('every rule of the configuration is shown a violation', async () => {
    const config = (await import(join(root, '.dependency-cruiser.mjs'))) as {
      default: { forbidden: readonly { name: string; comment: string }[] };
    };
    expect(config.default.forbidden.map(({ name }) => name).sort()).toEqual(Object.keys(PLANTED).sort());
    for (const { comment } of config.default.forbidden) expect(comment.length).toBeGreaterThan(20);
  });

  test('execa counts as spawning', () => {
    expect(violations).toContainEqual({ rule: 'only-launch-spawns', from: 'src/supervise/spawns-execa.ts' });
  });
});

test('what the rules allow stays silent', () => {
  const allowed = [
    'src/launch/spawns.ts',
    'src/policy/files.ts',
    'src/policy/schema.ts',
    'src/supervise/port.ts',
    'src/plan/shape.ts',
  ];
  const spoken = violations.filter(({ from, rule }) => allowed.includes(from) && rule !== 'no-orphans');
  expect(spoken).toEqual([]);
});
