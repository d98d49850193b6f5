import { describe, test } from 'vitest';

/**
 * A `describe` for tests that need something of the host. Without it they are skipped, with the reason in the title;
 * under WARDER_REQUIRE=all, or with `name` in that comma-separated list, they fail instead.
 */
export function gate(
  name: string,
  available: boolean,
  reason: string,
): (title: string, body: () => void) => void {
  return (title, body) => {
    if (available) describe(title, body);
    else if (isRequired(name)) describe(title, () => test(`needs ${name}`, () => refuse(name, reason)));
    else describe.skip(`${title} (skipped, no ${name}: ${reason})`, body);
  };
}

function isRequired(name: string): boolean {
  const required = (process.env['WARDER_REQUIRE'] ?? '').split(',').map((word) => word.trim());
  return required.includes('all') || required.includes(name);
}

function refuse(name: string, reason: string): never {
  throw new Error(`WARDER_REQUIRE asks for ${name}, which is missing: ${reason}`);
}
