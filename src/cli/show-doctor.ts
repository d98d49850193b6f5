import { type DoctorOptions, runDoctor } from '#internal.ts';
import { doctorText } from './doctor-text.ts';
import { EXIT } from './exit-code.ts';
import { ownPlace } from './own-place.ts';
import { printJson } from './print.ts';
import { painter } from './style.ts';

/** What the options of the command parse to. */
export interface DoctorRequest {
  readonly policy: string;
  readonly engine: DoctorOptions['engine'];
  readonly json?: boolean;
}

/** Looks at this host and prints what was found; the exit code. */
export async function showDoctor(
  { policy, engine, json }: DoctorRequest,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const progress = showProgress(json !== true && process.stderr.isTTY === true);
  const self = [process.execPath, process.argv[1] ?? 'warder'];
  const asked = { policy, engine, env, self, cgroup: ownPlace(env), onProgress: progress.show };
  const report = await runDoctor(asked).finally(progress.clear);
  if (json) printJson(report);
  else {
    const { isTTY, columns } = process.stdout;
    process.stdout.write(doctorText(report, painter(isTTY === true, env), isTTY ? columns : undefined));
  }
  return report.ready ? EXIT.ok : EXIT.unavailable;
}

/** One line that is written over, for whoever waits at a terminal; ECMA-48: carriage return, erase in line. */
function showProgress(isWanted: boolean) {
  const clear = (): void => {
    if (isWanted) process.stderr.write('\r\u001b[K');
  };
  const show = (what: string): void => {
    clear();
    if (isWanted) process.stderr.write(`looking at ${what} …`);
  };
  return { show, clear };
}
