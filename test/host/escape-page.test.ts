/** The HTML report in a real browser: nothing is fetched, nothing runs, nothing lies over anything else. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ATTACKS } from '../../src/escape/corpus.ts';
import { NOT_PROMISED, PROMISES } from '../../src/escape/promises.ts';
import type { EscapeReport } from '../../src/escape/report-types.ts';
import { htmlReport } from '../../src/escape/reports/html.ts';
import { junitReport } from '../../src/escape/reports/junit.ts';
import { VERDICTS } from '../../src/escape/types.ts';
import {
  attackReport,
  escapeReport,
  HOSTILE,
  hostileReport,
  targetReport,
} from '../helpers/escape-report.ts';
import { findMisplaced, inChromium, openPage, startChromium } from '../helpers/page.ts';

/** The whole corpus on two targets that differ, every verdict in it. */
function wholeReport(): EscapeReport {
  const attacks = ATTACKS.map((attack, index) => {
    const { id, category, impact, tier, title, technique, reference, expected } = attack;
    const verdict = index % 7 === 0 ? (VERDICTS[(index / 7) % VERDICTS.length] ?? 'error') : 'contained';
    return attackReport({ id, category, impact, tier, title, technique, reference, expected, verdict });
  });
  const held = attacks.map((attack) => ({ ...attack, verdict: 'contained' as const }));
  const target = { kind: 'warder', policy: 'paranoid', engine: 'auto' } as const;
  return escapeReport([
    targetReport(attacks),
    targetReport(held, { target }),
    targetReport(held.slice(0, 9)),
  ]);
}

inChromium('the page of the escape report', () => {
  let browser: Browser;
  const directory = mkdtempSync(join(tmpdir(), 'warder-page-'));
  const write = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return pathToFileURL(join(directory, name)).href;
  };
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(directory, { recursive: true });
  });

  describe.each([
    ['whole', wholeReport()],
    ['hostile', hostileReport()],
    ['empty', escapeReport([])],
    ['everything held', escapeReport([targetReport([attackReport()])])],
  ])('%s', (name, report) => {
    test.each([
      [390, false],
      [1280, false],
      [1280, true],
    ])('%d pixels wide, dark %s', async (width, dark) => {
      const url = write(`${name.replaceAll(' ', '-')}.html`, htmlReport(report));
      const { page, messages, requests } = await openPage(browser, url, { width, dark });
      expect(messages).toEqual([]);
      expect(requests).toEqual([]);
      expect(await findMisplaced(page)).toEqual([]);
      await page.$$eval('details', (all) => all.map((one) => one.toggleAttribute('open', true)));
      expect(await findMisplaced(page)).toEqual([]);
      await page.close();
    });
  });

  test('says everything: each attack of each target, its evidence, promises, what is not promised', async () => {
    const report = wholeReport();
    const { page } = await openPage(browser, write('all.html', htmlReport(report)), { width: 1280 });
    await page.$$eval('details', (all) => all.map((one) => one.toggleAttribute('open', true)));
    // biome-ignore lint/performance/useDomNodeTextContent: what is hidden does not count as said
    const text = await page.innerText('body');
    for (const [index, { attacks }] of report.targets.entries()) {
      const shown = await page.$$eval(`#t${index} [data-attack]`, (all) =>
        all.map((one) => one.getAttribute('data-attack')),
      );
      expect(shown.toSorted()).toEqual(attacks.map(({ id }) => id).toSorted());
    }
    for (const { text: promise } of PROMISES) expect(text).toContain(promise);
    for (const line of NOT_PROMISED) expect(text).toContain(line);
    for (const word of ['Something escaped', 'Everything held', 'Side by side', 'Not tested', '6.1.0 x64'])
      expect(text).toContain(word);
    expect(text).toContain('open: EROFS');
    const broken = await page.$$eval('a[href^="#"]', (all) =>
      all
        .map((one) => one.getAttribute('href') ?? '')
        .filter((href) => document.querySelector(href) === null),
    );
    expect(broken).toEqual([]);
    await page.close();
  });

  test('hostile text is text: it makes no element and no second line', async () => {
    const report = hostileReport();
    const { page } = await openPage(browser, write('bad.html', htmlReport(report)), { width: 1280 });
    expect(await page.$$eval('script, img, iframe, [onerror]', (all) => all.length)).toBe(0);
    const titles = await page.$$eval('summary > span:nth-child(2)', (all) =>
      all.map((one) => one.textContent),
    );
    expect(titles.length).toBe(VERDICTS.length * 2 - 1);
    for (const title of titles) expect(title?.startsWith(HOSTILE.slice(0, 60))).toBe(true);
    await page.close();
  });

  test('on paper every attack is unfolded', async () => {
    const report = escapeReport([targetReport([attackReport({ evidence: ['only when unfolded'] })])]);
    const { page } = await openPage(browser, write('paper.html', htmlReport(report)), { width: 1280 });
    const isShown = () =>
      page.$eval('details pre', (one) => one.checkVisibility({ contentVisibilityAuto: true }));
    expect(await isShown()).toBe(false);
    await page.emulateMedia({ media: 'print' });
    // The browser lays the page out anew with its next frame.
    await expect.poll(isShown, { timeout: 5000 }).toBe(true);
    await page.close();
  });

  test('the JUnit report is XML to a browser as well', async () => {
    const { page } = await openPage(browser, write('junit.xml', junitReport(hostileReport())), {
      width: 1280,
    });
    expect(
      await page.evaluate(() => document.querySelectorAll('testcase, testsuites').length),
    ).toBeGreaterThan(9);
    expect(await page.evaluate(() => document.querySelectorAll('parsererror, script').length)).toBe(0);
    await page.close();
  });

  test('these checks can fail', async () => {
    const good = readFileSync(new URL(write('good.html', htmlReport(escapeReport([])))), 'utf8');
    const bad = good
      .replace(/<meta http-equiv[^>]*>/, '')
      .replace(
        '</main>',
        '<img src="http://192.0.2.1/x"><script>console.log(1)</script><p style="width:3000px">w</p></main>',
      );
    const { page, messages, requests } = await openPage(browser, write('wrong.html', bad), { width: 390 });
    expect(requests).toEqual(['http://192.0.2.1/x']);
    expect(messages.length).toBeGreaterThan(0);
    expect((await findMisplaced(page)).length).toBeGreaterThan(0);
    await page.close();
  });
});
