/** Where things lie in the sandbox, for every language alike. */
export const WORKSPACE = '/workspace';

/** What a compiler makes goes here, relative to the workspace; a request's own files may not. */
export const OUTPUT_DIRECTORY = '.compiled';

/** The program that a compiler to machine code makes, relative to the workspace. */
export const EXECUTABLE = `${OUTPUT_DIRECTORY}/main`;

/** As an operand: `./` in front, so that no name is taken for an option. */
export function operand(path: string): string {
  return `./${path}`;
}

export function hasExtension(path: string, extensions: readonly string[]): boolean {
  return extensions.some((extension) => path.toLowerCase().endsWith(`.${extension}`));
}

/** Up to the last slash; empty for a file of the workspace itself. */
export function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
