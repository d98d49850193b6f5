import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { ERROR_CODES, type ErrorCode, type Stage } from '#error/codes.ts';

const root = new URL('../../../', import.meta.url);
const codes = Object.keys(ERROR_CODES) as ErrorCode[];
const sections = sectionsOf(readFileSync(new URL('docs/errors.md', root), 'utf8'));
const details = detailsOf(readFileSync(new URL('src/error/codes.ts', root), 'utf8'));

interface Section {
  readonly stage: string;
  readonly text: string;
}

/** The `### CODE` sections, each with the `## Stage` it stands under. */
function sectionsOf(markdown: string): ReadonlyMap<string, Section> {
  const found = new Map<string, Section>();
  for (const part of markdown.split(/^## Stage /m).slice(1)) {
    const stage = /^`(\w+)`/.exec(part)?.[1] ?? '';
    for (const section of part.split(/^### /m).slice(1)) {
      const [heading = '', ...text] = section.split('\n');
      if (found.has(heading)) throw new Error(`${heading} is documented twice`);
      found.set(heading, { stage, text: text.join('\n') });
    }
  }
  return found;
}

/** Code → field names of its details. They exist as types only, so the source is read. */
function detailsOf(source: string): ReadonlyMap<string, readonly string[]> {
  const file = ts.createSourceFile('codes.ts', source, ts.ScriptTarget.ES2022, true);
  const shape = file.statements
    .filter(ts.isInterfaceDeclaration)
    .find(({ name }) => name.text === 'ErrorDetails');
  const members = shape?.members.filter(ts.isPropertySignature) ?? [];
  return new Map(
    members.map(({ name, type }) => [name.getText(), type && ts.isTypeLiteralNode(type) ? fields(type) : []]),
  );
}

function fields(type: ts.TypeLiteralNode): readonly string[] {
  return type.members.map((member) => member.name?.getText() ?? '');
}

function exitCodeOf(stage: Stage): number {
  if (stage === 'request' || stage === 'policy' || stage === 'seccomp') return 64;
  return stage === 'host' ? 69 : 70;
}

describe('docs/errors.md', () => {
  test('documents every code, no other, in the order of the registry', () => {
    expect(codes.length).toBeGreaterThan(0);
    expect([...sections.keys()]).toEqual(codes);
  });

  test.each(codes)('%s: stage, exit code and details are right, and it says when and what to do', (code) => {
    const { stage, text = '' } = sections.get(code) ?? {};
    const expected = ERROR_CODES[code].stage;
    const names =
      details
        .get(code)
        ?.map((name) => `\`${name}\``)
        .join(', ') || 'none';
    expect(stage).toBe(expected);
    expect(text.trimStart().split('\n')[0]).toBe(`Exit code ${exitCodeOf(expected)}. Details: ${names}.`);
    expect(text).toMatch(/^\*\*When:\*\* \S/m);
    expect(text).toMatch(/^\*\*What to do:\*\* \S/m);
  });
});

describe('the registry', () => {
  test.each(codes)('%s is named after its stage and has a meaning of one sentence', (code) => {
    const { stage, meaning } = ERROR_CODES[code];
    expect(code.startsWith(`${stage.toUpperCase()}_`)).toBe(true);
    expect(meaning).toMatch(/^\S.*\.$/);
  });
});
