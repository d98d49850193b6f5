import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadSeccompProfile } from '#policy/seccomp-profile.ts';
import { buildFilter } from '#seccomp/build-filter.ts';
import { ARCHES } from '#seccomp/ir.ts';
import { filterRequest, SHIPPED_PROFILES } from '../../helpers/filters.ts';
import { directoryWith } from '../policy/policy-files.ts';

const TEXT = readFileSync(new URL('../../../docs/seccomp.md', import.meta.url), 'utf8');
const EXAMPLES = [...TEXT.matchAll(/^```yaml\n(version: 1\n[\s\S]*?)^```$/gm)].map((match) =>
  String(match[1]),
);

test('there is an example of a profile', () => expect(EXAMPLES).toHaveLength(1));

test.each(EXAMPLES)('it loads and compiles:\n%s', async (example) => {
  const directory = await directoryWith({ 'p.yaml': example });
  const profile = await loadSeccompProfile(join(directory, 'p.yaml'));
  for (const arch of ARCHES) {
    const { rules } = buildFilter(filterRequest('default', { profile, arch, language: 'java' })).summary;
    const verdict = (name: string) => rules.find(({ syscall }) => syscall === name)?.verdict;
    expect(['splice', 'connect', 'mknodat', 'memfd_create'].map(verdict)).toEqual([
      'allowed',
      'denied',
      'conditional',
      'conditional',
    ]);
  }
});

test('every shipped profile is in the table, and no other', () => {
  const named = [...TEXT.matchAll(/^\| `([a-z]+)` \| [a-z]/gm)].map((match) => match[1]);
  const section = TEXT.slice(TEXT.indexOf('## Profiles'), TEXT.indexOf('A profile is YAML'));
  const rows = named.filter((name) => section.includes(`| \`${name}\` |`));
  expect(rows.sort()).toEqual([...SHIPPED_PROFILES.keys()].sort());
});
