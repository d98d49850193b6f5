const MIB = 1024 ** 2;
/** What node needs beside the JavaScript heap: code, stacks, buffers. Measured at about 45 MiB for `hello`. */
const OUTSIDE_HEAP_BYTES = 48 * MIB;

/** V8 sizes its heap by the machine, not by the cgroup, so without this it grows into the OOM killer. */
export function heapFlags(memoryBytes: number | null): string[] {
  if (memoryBytes === null) return [];
  const heapMiB = Math.max(16, Math.floor((memoryBytes - OUTSIDE_HEAP_BYTES) / MIB));
  return [`--max-old-space-size=${heapMiB}`];
}
