import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
  type YAMLMap,
} from 'yaml';
import type { InputIssue } from '#error/codes.ts';
import { quote } from './value-checks.ts';

/** 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A text turned into plain data; when there are issues the value is not to be used. */
export interface ParsedText {
  readonly file: string;
  readonly value: unknown;
  readonly issues: readonly InputIssue[];
  /** Where the value (or its key) at `path` stands; for a path that is not there, its nearest parent. */
  readonly locate: (path: readonly PropertyKey[], target: 'key' | 'value') => Position;
}

/** More than a person writes; expanding them can take exponential space (CVE-2003-1564, "billion laughs"). */
const MAX_ALIASES = 100;
/** Keys and values together. Checks take time that grows with the square of their number; no policy needs a tenth. */
const MAX_NODES = 10_000;
/** One broken bracket can make every later line an error; the first ones tell. */
const MAX_SYNTAX_ISSUES = 10;

/** Parses YAML 1.2 (JSON is a part of it) from bytes. Never throws. */
export function parsePolicyText(bytes: Uint8Array, file: string): ParsedText {
  const text = decode(bytes);
  if (text === undefined) return unusableText(file, 'the file is not UTF-8 text');
  const lines = new LineCounter();
  // Duplicate keys are found below: yaml compares every pair of keys before anyone can count them.
  const options = { ...PARSE_OPTIONS, uniqueKeys: false, prettyErrors: false, stringKeys: true } as const;
  const document = parseDocument(text, { ...options, logLevel: 'error', lineCounter: lines });
  if (document.contents === null && document.errors.length === 0)
    return unusableText(file, 'the file is empty');
  const issues = problemsOf(document).map(({ path, message, offset }) => ({
    path: path.join('.'),
    message,
    file,
    ...positionAt(lines, offset),
  }));
  return {
    file,
    value: issues.length > 0 ? undefined : plainNumbers(document.toJS({ maxAliasCount: -1 })),
    issues,
    locate: (path, target) => positionAt(lines, offsetOf(document, path, target)),
  };
}

/** Whole numbers as bigint: the masks of seccomp conditions have 64 bits, of which a double holds 53. */
const PARSE_OPTIONS = { version: '1.2', intAsBigInt: true } as const;

/** Whole numbers that a double holds become ordinary numbers again. Plain data without cycles. */
function plainNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (Array.isArray(value)) return value.map(plainNumbers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, plainNumbers(child)]));
}

interface TextProblem {
  readonly path: readonly string[];
  readonly message: string;
  readonly offset: number;
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    // Takes a byte order mark off, as YAML 1.2 §5.2 asks.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The result for a file whose text is not even looked at. */
export function unusableText(file: string, message: string): ParsedText {
  const start = { line: 1, column: 1 };
  return { file, value: undefined, issues: [{ path: '', message, file, ...start }], locate: () => start };
}

function problemsOf(document: Document): readonly TextProblem[] {
  const errors = [...document.errors, ...document.warnings];
  // The parser reports each level that it gave up on; one remark is enough.
  const exhausted = errors.find((error) => error.code === 'RESOURCE_EXHAUSTION');
  const syntax = (exhausted ? [exhausted] : errors.slice(0, MAX_SYNTAX_ISSUES)).map(
    (error): TextProblem => ({ path: [], message: wording(error), offset: error.pos[0] }),
  );
  if (syntax.length > 0) return syntax;
  if (hasTooManyNodes(document)) {
    return [{ path: [], message: `more than ${MAX_NODES} keys and values`, offset: 0 }];
  }
  const problems = [...versionProblems(document), ...keyProblems(document), ...aliasProblems(document)];
  return problems.sort((a, b) => a.offset - b.offset);
}

function wording(error: { readonly code: string; readonly message: string }): string {
  switch (error.code) {
    case 'MULTIPLE_DOCS':
      return 'a second document starts here; a file holds one';
    case 'RESOURCE_EXHAUSTION':
      return 'the text is nested too deeply';
    default:
      return `not valid YAML: ${error.message}`;
  }
}

function hasTooManyNodes(document: Document): boolean {
  let nodes = 0;
  visit(document, {
    Node() {
      nodes += 1;
      return nodes > MAX_NODES ? visit.BREAK : undefined;
    },
  });
  return nodes > MAX_NODES;
}

/** In YAML 1.1 `yes` is a boolean and `<<` merges: the same text would mean something else. */
function versionProblems(document: Document): readonly TextProblem[] {
  const yaml = document.directives?.yaml;
  return yaml?.explicit && yaml.version !== '1.2'
    ? [{ path: [], message: `YAML ${yaml.version} is not read here, only 1.2`, offset: 0 }]
    : [];
}

/** Keys written twice, and `__proto__`, which is no key of a policy but has a meaning of its own in JavaScript. */
function keyProblems(document: Document): readonly TextProblem[] {
  const problems: TextProblem[] = [];
  visit(document, {
    Map(_, map, ancestors) {
      const seen = new Set<string>();
      for (const pair of map.items) {
        const name = keyName(pair);
        const add = (message: string): number =>
          problems.push({
            path: [...pathOf([...ancestors, map]), name],
            message,
            offset: parsedStart(pair.key),
          });
        if (name === '__proto__') add('unknown key `__proto__`');
        else if (seen.has(name)) add(`duplicate key ${quote(name)}`);
        seen.add(name);
      }
    },
  });
  return problems;
}

function aliasProblems(document: Document): readonly TextProblem[] {
  const aliases: Node[] = [];
  const problems: TextProblem[] = [];
  visit(document, {
    Alias(_, alias, ancestors) {
      aliases.push(alias);
      if (aliases.length > MAX_ALIASES) return visit.BREAK;
      const target = alias.resolve(document);
      const add = (message: string): number =>
        problems.push({ path: pathOf([...ancestors, alias]), message, offset: parsedStart(alias) });
      if (!target) add(`there is no anchor ${quote(alias.source)} above`);
      // An alias of an alias or of a collection with aliases in it is what makes expansion explode or go round.
      else if (containsAlias(target)) add(`the anchor ${quote(alias.source)} contains an alias itself`);
      return undefined;
    },
  });
  if (aliases.length <= MAX_ALIASES) return problems;
  return [{ path: [], message: `more than ${MAX_ALIASES} aliases`, offset: 0 }];
}

function containsAlias(node: Node): boolean {
  let found = false;
  visit(node, {
    Alias() {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

/** Keys and list indices on the way down to the last of `ancestors`. */
function pathOf(ancestors: readonly unknown[]): readonly string[] {
  return ancestors.flatMap((node, index) => {
    if (isPair(node)) return [keyName(node)];
    const child = ancestors[index + 1];
    return isSeq(node) && child !== undefined ? [String(node.items.indexOf(child))] : [];
  });
}

/** Keys are scalars: `stringKeys` reports every other one, and then nobody asks. */
function keyName(pair: Pair): string {
  return String((pair.key as Scalar).value);
}

function offsetOf(document: Document, path: readonly PropertyKey[], target: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = parsedStart(node);
  for (const [index, segment] of path.entries()) {
    const container = isAlias(node) ? node.resolve(document) : node;
    const pair = isMap(container) ? findPair(container, String(segment)) : undefined;
    node = pair ? pair.value : isSeq(container) ? container.items[Number(segment)] : undefined;
    const wantsKey = target === 'key' && index === path.length - 1;
    const start = pair && wantsKey ? startOf(pair.key) : startOf(node);
    if (start === undefined) return offset;
    offset = start;
  }
  return offset;
}

function findPair(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find((pair) => keyName(pair) === name);
}

/** Nodes that come from a text have a range; the type allows for those that do not. */
function parsedStart(node: unknown): number {
  return startOf(node) as number;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function positionAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  // linePos answers 0:0 for a text without any line.
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}
