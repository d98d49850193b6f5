/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** A page in Debian's chromium, and what only a browser knows of it. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { gate } from './gate.ts';

const PATH = '/usr/bin/chromium';
export const inChromium = gate('chromium', existsSync(PATH), `${PATH} is not installed`);

/** As root chromium wants no sandbox of its own; the rest keeps it from calling home. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function startChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: PATH, headless: true, args: ARGUMENTS });
}

export interface Heard {
  readonly page: Page;
  /** Console messages, uncaught errors and dialogues. */
  readonly messages: string[];
  /** Addresses asked for, the page itself aside. */
  readonly requests: string[];
}

/** Opens a file of the host; every request it makes is recorded and refused. */
export async function openPage(
  browser: Browser,
  url: string,
  options: { readonly width: number; readonly dark?: boolean },
): Promise<Heard> {
  const { width, dark = false } = options;
  const page = await browser.newPage({
    viewport: { width, height: 900 },
    colorScheme: dark ? 'dark' : 'light',
  });
  const heard: Heard = { page, messages: [], requests: [] };
  page.on('console', (message) => heard.messages.push(message.text()));
  page.on('pageerror', (error) => heard.messages.push(String(error)));
  page.on('dialog', (dialog) => {
    heard.messages.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.route('**/*', (route) => {
    const asked = route.request().url();
    if (asked === url) return route.continue();
    heard.requests.push(asked);
    return route.abort();
  });
  await page.goto(url);
  return heard;
}

/**
 * What lies wrong: elements that stick out of the page, text that is cut off, and neighbours that lie over each other.
 * Containers that scroll sideways on purpose are left alone, with what is in them.
 */
export function findMisplaced(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const nameOf = (element: Element): string =>
      `${element.tagName.toLowerCase()}.${element.className} ${element.textContent?.slice(0, 40)}`;
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > width) found.push('the page scrolls sideways');
    for (const element of document.querySelectorAll('body *')) {
      if (element.closest('.wide') !== null || !element.checkVisibility()) continue;
      const box = element.getBoundingClientRect();
      if (box.width === 0 || box.height === 0) continue;
      if (box.right > width + 1 || box.left < -1) found.push(`sticks out: ${nameOf(element)}`);
      if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline')
        found.push(`overflows: ${nameOf(element)}`);
      const next = element.nextElementSibling;
      if (next === null || !next.checkVisibility()) continue;
      const other = next.getBoundingClientRect();
      const across = Math.min(box.right, other.right) - Math.max(box.left, other.left);
      const down = Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top);
      const inline = [element, next].some((one) => getComputedStyle(one).display === 'inline');
      if (!inline && across > 1 && down > 1) found.push(`overlaps: ${nameOf(element)} and ${nameOf(next)}`);
    }
    return found;
  });
}
