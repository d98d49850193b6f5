import { EXECUTABLE, WORKSPACE } from './places.ts';
import type { Language } from './types.ts';

/** What all languages have in common whose compiler makes a program that the kernel executes. */
export const COMPILED_PROGRAM = {
  interpreters: [],
  runArgv: ({ args }) => [`${WORKSPACE}/${EXECUTABLE}`, ...args],
} as const satisfies Pick<Language, 'interpreters' | 'runArgv'>;
