/**
 * Patterns of manifests: `*` is anything but a slash, `**` as a whole component is any number of components, `[0-9]` is a
 * set of characters. Everything else stands for itself.
 */

/** Whether an absolute path matches. A pattern that ends in `/**` matches what is below, not the directory itself. */
export function globToRegExp(pattern: string): RegExp {
  const parts = pattern
    .split('/')
    .map((part) => (part === '**' ? '(?:[^/]+/)*[^/]+' : componentSource(part)));
  // `/**/` may stand for no component at all.
  return new RegExp(`^${parts.join('/').replaceAll('/(?:[^/]+/)*[^/]+/', '/(?:[^/]+/)*')}$`, 'u');
}

/** One component, without anchors. */
export function componentSource(part: string): string {
  return part.replace(/\[[\w-]+\]|\*+|[\\^$.+?()[\]{}|]/g, (found) => {
    if (found.startsWith('[') && found.endsWith(']')) return found;
    return found.startsWith('*') ? '[^/]*' : `\\${found}`;
  });
}

export function isGlob(part: string): boolean {
  return /[*[]/.test(part);
}

/** A test for many patterns at once. */
export function matcher(patterns: readonly string[]): (path: string) => boolean {
  const expressions = patterns.map(globToRegExp);
  return (path) => expressions.some((expression) => expression.test(path));
}
