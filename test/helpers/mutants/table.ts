/** docs/escape-mutants.md, as its test writes and checks it. */
import type { Catch } from './hunt.ts';
import type { Mutant } from './mutant.ts';

export interface Row {
  readonly mutant: Mutant;
  readonly engine: string;
  readonly found: Catch;
}

const MAX_NAMED = 4;

export function isNoticed({ found }: Row): boolean {
  return found.by.length > 0 || found.refused !== null;
}

export function mutantPage(rows: readonly Row[]): string {
  const noticed = rows.filter(isNoticed).length;
  const lines = rows.map((row) => `| ${row.mutant.id} | ${row.engine} | ${outcome(row)} |`);
  return `# Controls taken away

Each control of the plan of \`strict\` is taken away, one at a time, and the escape suite has to notice
(\`test/mutants/escape.test.ts\`; \`WARDER_UPDATE_DOCS=1\` writes this page anew). No option and no part of the library can
do that: the test changes plans through \`src/plan-transform.ts\`.

**${noticed} of ${rows.length} removals were noticed.** The others are listed with what holds in their place: they are
second lines whose loss changes nothing that a program can see.

| control | engine | noticed by |
|---|---|---|
${lines.join('\n')}

Not removable, because they are no part of a plan: the host uid of a run (\`cap-outside-uid\`), descriptors that init closes
(\`fd-\` attacks), init's own checks. \`src/native/test\` and \`test/host/lifecycle.test.ts\` test these.
`;
}

function outcome({ mutant, found }: Row): string {
  const { by, refused } = found;
  if (by.length > 0) {
    const named = by.slice(0, MAX_NAMED).map((one) => one.replace(/^(.*?): (.*)$/, '`$1` $2'));
    return [...named, ...(by.length > MAX_NAMED ? [`${by.length - MAX_NAMED} more`] : [])].join(', ');
  }
  if (refused !== null) return `warder refuses to run: \`${refused.split(':')[0]}\``;
  return `not noticed: ${mutant.unseen ?? 'nobody knows why'}`;
}

/** What a run of the test must find again: which controls there are, and whether their loss is noticed. */
export function essence(page: string): readonly string[] {
  const lines = page.split('\n').filter((line) => /^\| .* \| (?:bubblewrap|nsjail) \| /.test(line));
  return lines.map((line) => {
    const [, id = '', engine = '', how = ''] = line.split(' | ').flatMap((cell) => cell.split(/^\| /));
    return `${id} | ${engine} | ${how.startsWith('not noticed') ? 'not noticed' : 'noticed'}`;
  });
}
