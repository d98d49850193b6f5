#!/usr/bin/env node
/**
 * The entry, which can say one thing by itself: that the rest could not be loaded. Node opens the files of a program all
 * at once, so under a small `ulimit -n` that fails before a line of ours has run, with a stack trace and code 1.
 */
import { splitArgv, wantsJson } from './argv.ts';
import { loadFailure } from './load-failure.ts';

try {
  const { start } = await import('./start.ts');
  await start();
} catch (error) {
  const { code, text } = loadFailure(error, wantsJson(splitArgv(process.argv.slice(2))));
  process[text.startsWith('{') ? 'stdout' : 'stderr'].write(text);
  process.exit(code);
}
