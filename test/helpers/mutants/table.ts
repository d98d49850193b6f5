/** docs/escape-mutants.md, as its test writes and checks it. */
import type { Catch, Hunted } from './hunt.ts';
import type { Mutant } from './mutant.ts';

export interface Row extends Hunted {
  readonly mutant: Mutant;
  /** What the runs were: a policy on an engine. */
  readonly target: string;
}

/** Not tried here: the host has nothing that the loss would give. */
export type LeftOut = Pick<Row, 'mutant' | 'target'>;

const MAX_NAMED = 3;

function isNoticed({ by, refused }: Catch): boolean {
  return by.length > 0 || refused !== null;
}

/** Noticed; and where two controls hold one promise, each alone is made up for by the other. */
export function isAsItShould({ found, alone }: Row): boolean {
  return isNoticed(found) && !alone.some((one) => isNoticed(one.found));
}

export function mutantPage(rows: readonly Row[], leftOut: readonly LeftOut[]): string {
  const noticed = rows.filter(({ found }) => isNoticed(found)).length;
  const pairs = rows.filter(({ alone }) => alone.length > 0).length;
  const lines = rows.map((row) => `| ${nameOf(row)} | ${row.target} | ${outcome(row)} |`);
  return `# Controls taken away

Each control of a run is taken away, one at a time, and the escape suite has to notice (\`test/mutants\`;
\`WARDER_UPDATE_DOCS=1\` writes this page anew). No option and no part of the library can do that: the test changes plans
through \`src/plan-transform.ts\`, and builds the native program from sources with one step left out.

**${noticed} of ${rows.length} removals were noticed.** ${pairs} of them take away two controls at once, which hold one promise
together on purpose. There the test also takes away each alone, and nothing may be noticed: the other one holds.

A removal is noticed when an attack escapes that did not before, or gets an answer that nobody expects (*error*), or when warder
refuses to run. Where another layer hides the loss it is taken away on both sides of the comparison: *behind* says which. The other policies have the
controls of \`strict\` with other numbers, and what only \`paranoid\` has is tried under it. *Without groups* is a host that delegates no
control group, under a policy that accepts it; in the *compile phase* the compiler is the attacker, and \`strict and more\` is a policy
with a mount, a network and an open filter, none of which a compiler gets. What is not in the table is no control
of a supervised run; \`test/helpers/mutants/coverage.ts\` names every field of the plans and of what launchers are told, with
the removal that covers it or the reason why there is none, and a test holds it to the code.

| control | runs | noticed by |
|---|---|---|
${lines.join('\n')}
${leftOutText(leftOut)}`;
}

function leftOutText(leftOut: readonly LeftOut[]): string {
  if (leftOut.length === 0) return '';
  const lines = leftOut.map(({ mutant, target }) => `| ${mutant.id} | ${target} | ${mutant.needs} |`);
  return `
Not counted, since this page was written on a host where their loss gives a program nothing: no process of it can have a
higher limit that a run would inherit. \`test/vm/mutants.test.ts\` takes them away where the supervisor can.

| control | runs | the supervisor needs |
|---|---|---|
${lines.join('\n')}
`;
}

function nameOf({ mutant: { id, second, behind } }: Row): string {
  const both = second ? `${id}, and ${second.id}` : id;
  return behind ? `${both} (behind: ${behind.id})` : both;
}

function outcome({ found: { by, refused } }: Row): string {
  if (by.length > 0) {
    const named = by.slice(0, MAX_NAMED).map((one) => one.replace(/^(.*?): (.*)$/, '`$1` $2'));
    return [...named, ...(by.length > MAX_NAMED ? [`${by.length - MAX_NAMED} more`] : [])].join(', ');
  }
  if (refused === null) return '**not noticed**';
  // A code, or what init could not do before it would start the program.
  const [code = ''] = /^[A-Z_]+(?=: )|not started: .*/.exec(refused) ?? [];
  return `warder refuses to run: \`${code}\``;
}

/** What a run of the test must find again: which controls there are on what, and whether their loss is noticed. */
export function essence(page: string): readonly string[] {
  const lines = page
    .split('\n')
    .filter((line) => / \| (?:strict|paranoid).* on (?:bubblewrap|nsjail) \| /.test(line));
  return lines.map((line) => {
    const [id = '', target = '', how = ''] = line.replace(/^\| | \|$/g, '').split(' | ');
    return `${id} | ${target} | ${how.includes('not noticed') ? 'not noticed' : 'noticed'}`;
  });
}
