import { isAbsolute, join } from 'node:path';
import { CompileCache } from '#compile/cache.ts';
import type { Logger } from '#log/logger.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The cache of this user: `$WARDER_CACHE`, /var/cache/warder for root, `$XDG_CACHE_HOME/warder` or `~/.cache/warder` for
 * others, and in it `compile`. null for a user without a home.
 */
export function openCompileCache(env: Env, logger: Logger): CompileCache | null {
  const uid = process.geteuid?.() ?? -1;
  const base = cacheDirectory(env, uid);
  if (base === null) return null;
  const onProblem = (what: string, why: string) => logger.warn({ event: 'compileCache', why }, what);
  return new CompileCache({ directory: join(base, 'compile'), uid, onProblem });
}

/** Relative paths are ignored, as the XDG specification asks. */
export function cacheDirectory(env: Env, uid: number): string | null {
  const { WARDER_CACHE: given, XDG_CACHE_HOME: xdg, HOME: home } = env;
  if (given && isAbsolute(given)) return given;
  if (uid === 0) return '/var/cache/warder';
  if (xdg && isAbsolute(xdg)) return join(xdg, 'warder');
  return home && isAbsolute(home) ? join(home, '.cache/warder') : null;
}
