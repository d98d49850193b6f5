/** One target of the page: how it ended, what it is, the score, and what its promises and gaps are. */
import { attacksOf, PROMISES } from '#escape/promises.ts';
import type { AttackReport, TargetReport } from '#escape/report-types.ts';
import { type Bind, CATEGORIES, type Category, IMPACTS, type Impact } from '#escape/types.ts';
import { markup } from './escape-text.ts';
import { attackList } from './html-attacks.ts';
import { anchor, bar, bullets, chips, countOf, rows, titleOf } from './html-parts.ts';

export function targetSection(report: TargetReport, index: number): string {
  const { problem, canaries } = report;
  const head = `<section id="${anchor(index)}"><h2>${markup(titleOf(report))}</h2>${banner(report)}`;
  if (problem !== null) return `${head}<pre>${markup(problem)}</pre></section>`;
  const reached =
    canaries.length > 0 ? `<h3>Canaries of the host that were reached</h3>${bullets(canaries)}` : '';
  return (
    `${head}${reached}<h3>What was attacked</h3>${facts(report)}${scores(report)}` +
    `${report.target.kind === 'warder' ? promises(report) : ''}${untested(report, index)}${attackList(report, index)}</section>`
  );
}

/** The target in one line; also used by the overview. */
export function banner(report: TargetReport, link = ''): string {
  const [kind, text] = standing(report);
  const name = link === '' ? '' : `<a href="#${link}">${markup(titleOf(report))}</a>`;
  const counts = report.problem === null ? `<span>${chips(report.attacks)}</span>` : '';
  return `<div class="banner ${kind}">${name}<strong>${text}</strong>${counts}</div>`;
}

function standing({
  attacks,
  canaries,
  problem,
}: TargetReport): readonly ['good' | 'bad' | 'unsure', string] {
  if (problem !== null) return ['unsure', 'Could not be attacked'];
  const escaped = countOf(attacks, 'escaped');
  if (escaped > 0 || canaries.length > 0) return ['bad', 'Something escaped'];
  if (countOf(attacks, 'weak') > 0) return ['bad', 'Weaker than promised'];
  if (countOf(attacks, 'contained') === 0) return ['unsure', 'Nothing was shown to hold'];
  const unknown = countOf(attacks, 'not-tested') + countOf(attacks, 'error');
  return unknown > 0 ? ['unsure', 'What was tested held'] : ['good', 'Everything held'];
}

function facts({ facts: known, target }: TargetReport): string {
  if (known === null) return '';
  const { policy } = known;
  const ofPolicy: readonly (readonly [string, string])[] = [
    ['Policy', policy.name],
    ['Network', policy.network],
    ['System call filter', policy.seccompProfile],
    ['Execution of written files', policy.writtenFiles],
    ['Tasks', policy.pids === null ? 'unlimited' : String(policy.pids)],
    ['Of the host', grantsText(policy.binds ?? [])],
    ['Root file system', target.kind === 'warder' ? (target.rootfs ?? "the policy's own") : 'the whole host'],
  ];
  return rows([
    ['Engine', known.engine],
    ...(target.kind === 'warder' ? ofPolicy : []),
    ['Landlock ABI', known.landlockAbi === 0 ? 'none' : String(known.landlockAbi)],
    ['Control groups', known.cgroupDriver],
  ]);
}

/** What the policy itself puts into the jail, which nobody should have to look for in the evidence. */
function grantsText(binds: readonly Bind[]): string {
  if (binds.length === 0) return 'nothing';
  return binds
    .map(({ source, target, readOnly }) => `${source} at ${target}, ${readOnly ? 'read-only' : 'writable'}`)
    .join('; ');
}

function scores({ attacks }: TargetReport): string {
  const line = (title: string, own: readonly AttackReport[]): string =>
    own.length === 0 ? '' : `<div><span>${markup(title)}</span>${bar(own)}<span>${chips(own)}</span></div>`;
  const byCategory = (Object.keys(CATEGORIES) as Category[]).map((name) =>
    line(
      CATEGORIES[name].title,
      attacks.filter(({ category }) => category === name),
    ),
  );
  const byImpact = (Object.keys(IMPACTS) as Impact[]).map((name) =>
    line(
      IMPACTS[name],
      attacks.filter(({ impact }) => impact === name),
    ),
  );
  return (
    `<h3>Score by category</h3><div class="score">${byCategory.join('')}</div>` +
    `<h3>Score by what an attacker would gain</h3><div class="score">${byImpact.join('')}</div>`
  );
}

function promises({ attacks }: TargetReport): string {
  const items = PROMISES.map((promise) => {
    const own = attacksOf(promise, attacks);
    return `<li>${markup(promise.text)}<br>${chips(own)}</li>`;
  });
  return (
    '<h3>Promises, and the attacks that would break them</h3>' +
    '<p class="muted">Under a policy that grants no more than strict does.</p>' +
    `<ol>${items.join('')}</ol>`
  );
}

function untested({ attacks }: TargetReport, index: number): string {
  const own = attacks.filter(({ verdict }) => verdict === 'not-tested' || verdict === 'error');
  if (own.length === 0) return '';
  const items = own.map(
    ({ id, title, evidence }) =>
      `<li><a href="#${anchor(index, id)}">${markup(title)}</a>: ${markup(evidence.at(-1) ?? 'no reason given')}</li>`,
  );
  return `<h3>Not tested</h3><ul>${items.join('')}</ul>`;
}
