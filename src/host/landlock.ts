import { captureOutput } from '#launch/capture.ts';

/** The Landlock ABI of the kernel, asked by the native program, since only a system call can tell; 0 = none. */
export async function probeLandlock(nativePath: string): Promise<number> {
  const { stdout } = await captureOutput(nativePath, ['probe']);
  return Number(/^landlock (\d+)$/m.exec(stdout)?.[1] ?? 0);
}
