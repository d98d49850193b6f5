/**
 * Names of files by pattern. Patterns come from whoever asks and names from whoever is not trusted, so matching is no
 * regular expression, whose backtracking the two could make take hours: its time is bounded by the product of the two
 * lengths.
 *
 *   *      any characters of a name      ?      one character      [a-z] [!a-z]   one of these, or none of them
 *   **     as a whole component: any number of directories         \x             the character x
 *
 * As in a shell a leading dot has to be written: neither `*` nor `**` finds `.cache`.
 */

type Token =
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'one' }
  | { readonly kind: 'any' }
  | {
      readonly kind: 'class';
      readonly negated: boolean;
      readonly ranges: readonly (readonly [string, string])[];
    };

/** The tokens of one component; null for `**`. */
type Component = readonly Token[] | null;

/** What is wrong with a pattern; undefined when it is fine. */
export function globProblem(pattern: string): string | undefined {
  const components = pattern.split('/');
  if (components.some((part) => part === '' || part === '.' || part === '..')) {
    return 'must be relative to /workspace, without empty, `.` or `..` components';
  }
  try {
    for (const component of components) parseComponent(component);
    return undefined;
  } catch (error) {
    return error instanceof GlobSyntaxError ? error.message : String(error);
  }
}

class GlobSyntaxError extends Error {}

/** @param patterns that globProblem() finds nothing wrong with */
export function globMatcher(patterns: readonly string[]): (path: string) => boolean {
  const parsed = patterns.map((pattern) => pattern.split('/').map(parseComponent));
  return (path) => {
    const names = path.split('/').map((name) => [...name]);
    return parsed.some((components) => matchComponents(components, names));
  };
}

/** Both loops below are the same: what follows the last star is tried again one further on, and never an earlier star. */
function matchComponents(components: readonly Component[], names: readonly (readonly string[])[]): boolean {
  let at = 0;
  let name = 0;
  let star: { readonly at: number; readonly name: number } | undefined;
  while (name < names.length) {
    const component = components[at];
    const characters = names[name] ?? [];
    if (component === null) star = { at: at++, name };
    else if (component !== undefined && matchName(component, characters)) {
      at++;
      name++;
    } else if (star !== undefined && names[star.name]?.[0] !== '.') {
      star = { at: star.at, name: star.name + 1 };
      at = star.at + 1;
      name = star.name;
    } else return false;
  }
  return components.slice(at).every((component) => component === null);
}

function matchName(tokens: readonly Token[], name: readonly string[]): boolean {
  if (name[0] === '.' && !(tokens[0]?.kind === 'character' && tokens[0].character === '.')) return false;
  let at = 0;
  let position = 0;
  let star: { readonly at: number; readonly position: number } | undefined;
  while (position < name.length) {
    const token = tokens[at];
    if (token?.kind === 'any') star = { at: at++, position };
    else if (token !== undefined && matchCharacter(token, name[position] ?? '')) {
      at++;
      position++;
    } else if (star !== undefined) {
      star = { at: star.at, position: star.position + 1 };
      at = star.at + 1;
      position = star.position;
    } else return false;
  }
  return tokens.slice(at).every(({ kind }) => kind === 'any');
}

function matchCharacter(token: Token, character: string): boolean {
  switch (token.kind) {
    case 'character':
      return token.character === character;
    case 'class':
      return token.ranges.some(([first, last]) => isBetween(character, first, last)) !== token.negated;
    case 'one':
    case 'any':
      return true;
  }
}

/** By code point: surrogates would order characters beyond the first plane wrongly. */
function isBetween(character: string, first: string, last: string): boolean {
  const point = (text: string): number => text.codePointAt(0) ?? 0;
  return point(first) <= point(character) && point(character) <= point(last);
}

function parseComponent(text: string): Component {
  if (text === '**') return null;
  const rest = [...text];
  const tokens: Token[] = [];
  for (let character = rest.shift(); character !== undefined; character = rest.shift()) {
    tokens.push(parseToken(character, rest));
  }
  return tokens;
}

function parseToken(character: string, rest: string[]): Token {
  switch (character) {
    case '*':
      if (rest[0] === '*')
        throw new GlobSyntaxError('has `**` beside other characters; it stands alone, as in `**/*.png`');
      return { kind: 'any' };
    case '?':
      return { kind: 'one' };
    case '[':
      return parseClass(rest);
    case '{':
      throw new GlobSyntaxError(
        'has braces, which are not supported: give one pattern for each, or write \\{',
      );
    case '\\':
      return { kind: 'character', character: escaped(rest) };
    default:
      return { kind: 'character', character };
  }
}

function escaped(rest: string[]): string {
  const character = rest.shift();
  if (character === undefined) throw new GlobSyntaxError('ends with a backslash');
  return character;
}

/** What follows `[`. A `]` that comes first is one of the characters, as in POSIX (glob(7)). */
function parseClass(rest: string[]): Token {
  const negated = rest[0] === '!' || rest[0] === '^';
  if (negated) rest.shift();
  const ranges: (readonly [string, string])[] = [];
  while (rest[0] !== ']' || ranges.length === 0) {
    const first = classCharacter(rest);
    if (rest[0] !== '-' || rest[1] === ']') ranges.push([first, first]);
    else {
      rest.shift();
      ranges.push([first, classCharacter(rest)]);
    }
  }
  rest.shift();
  return { kind: 'class', negated, ranges };
}

function classCharacter(rest: string[]): string {
  const character = rest.shift();
  if (character === undefined) throw new GlobSyntaxError('has a `[` without `]`');
  return character === '\\' ? escaped(rest) : character;
}
