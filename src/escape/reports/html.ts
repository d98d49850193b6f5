/** The report as one page that needs nothing else: no script, no font, no picture, no address that is fetched. */
import { NOT_PROMISED } from '#escape/promises.ts';
import type { Change, EscapeReport, TargetReport } from '#escape/report-types.ts';
import type { Verdict } from '#escape/types.ts';
import { markup } from './escape-text.ts';
import { anchor, bullets, chip, rows, titleOf } from './html-parts.ts';
import { STYLE } from './html-style.ts';
import { banner, targetSection } from './html-target.ts';

/** Should anything hostile get past the escaping after all, the browser still runs and fetches nothing (CSP level 3). */
const CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export function htmlReport(report: EscapeReport): string {
  const { targets, baseline } = report;
  return (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">' +
    `<meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}">` +
    '<meta name="viewport" content="width=device-width, initial-scale=1">' +
    `<title>warder escape: ${markup(report.host.kernel)}</title><style>${STYLE}</style></head><body>` +
    `${header(report)}<main>` +
    `${targets.map((target, index) => banner(target, anchor(index))).join('')}` +
    `${baseline ? changesSection(baseline.startedAt, baseline.changes) : ''}` +
    `${comparison(targets)}` +
    `<section><h2>What is not promised</h2>${bullets(NOT_PROMISED)}</section>` +
    `${targets.map(targetSection).join('')}</main></body></html>\n`
  );
}

function header({ warder, host, startedAt, ms }: EscapeReport): string {
  return (
    '<header><h1>Escape report</h1><p class="muted">Attacks on the sandbox of this host, and what held.</p>' +
    `${rows([
      ['Kernel', `${host.kernel} ${host.arch}`],
      ['Run as', host.uid === 0 ? 'root' : `uid ${host.uid}`],
      ['warder', `${warder}, Node.js ${host.node}`],
      ['Started', `${startedAt}, took ${(ms / 1000).toFixed(1)} s`],
    ])}</header>`
  );
}

function changesSection(since: string, changes: readonly Change[]): string {
  const head = `<section><h2>Changes since ${markup(since)}</h2>`;
  if (changes.length === 0) return `${head}<p>None.</p></section>`;
  const word = (verdict: Verdict | null): string => (verdict === null ? '—' : chip(verdict));
  const lines = changes.map(
    ({ target, id, before, after, direction }) =>
      `<tr><td><code>${markup(id)}</code><br><span class="muted">${markup(target)}</span></td>` +
      `<td>${word(before)}</td><td>${word(after)}</td><td class="${direction}">${direction}</td></tr>`,
  );
  return `${head}${tableOf(['Attack', 'Before', 'Now', ''], lines)}</section>`;
}

/** Side by side; only where targets differ, which is what one compares for. One that could not be attacked differs in everything. */
function comparison(all: readonly TargetReport[]): string {
  const targets = all.flatMap((report, index) => (report.problem === null ? [{ ...report, index }] : []));
  if (targets.length < 2) return '';
  const ids = [...new Set(targets.flatMap(({ attacks }) => attacks.map(({ id }) => id)))];
  const found = ids.map((id) => ({
    id,
    cells: targets.map(({ attacks, index }) => {
      const verdict = attacks.find((attack) => attack.id === id)?.verdict ?? null;
      return { index, verdict };
    }),
  }));
  const differing = found.filter(({ cells }) => new Set(cells.map(({ verdict }) => verdict)).size > 1);
  const same = found.length - differing.length;
  const lines = differing.map(({ id, cells }) => {
    const shown = cells.map(({ index, verdict }) =>
      verdict === null ? '<td>—</td>' : `<td><a href="#${anchor(index, id)}">${chip(verdict)}</a></td>`,
    );
    return `<tr><td><code>${markup(id)}</code></td>${shown.join('')}</tr>`;
  });
  const body = lines.length === 0 ? '' : tableOf(['Attack', ...targets.map(titleOf)], lines);
  const summary = `${same} of ${found.length} attacks ended alike on all ${targets.length} targets.`;
  return `<section><h2>Side by side</h2><p>${summary}</p>${body}</section>`;
}

function tableOf(heads: readonly string[], lines: readonly string[]): string {
  const head = heads.map((text) => `<th>${markup(text)}</th>`).join('');
  return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${lines.join('')}</tbody></table></div>`;
}
