import { WarderError } from '#error/warder-error.ts';
import type { LauncherExit } from '#launch/stub.ts';

/** For a run whose evidence does not say what became of the program. */
export function unexplained(engine: string, { exitCode, signal }: LauncherExit): WarderError {
  const details = { engine, exitCode, signal };
  if (signal !== null) {
    return new WarderError(
      'ENGINE_LAUNCHER_DIED',
      `${engine} was ended by ${signal} from outside the sandbox`,
      {
        details,
        hint: 'Something on the host killed it: an operator, the OOM killer (see dmesg), or a service manager',
      },
    );
  }
  return new WarderError('ENGINE_INIT_DIED', "the sandbox's init died without a report", {
    details,
    hint: 'Something on the host killed it; the run is not retried by itself',
  });
}
