/** Threads worth starting for a CPU limit; runtimes would count the machine's processors instead. */
export function processors(cpuCores: number): number {
  return Math.max(1, Math.ceil(cpuCores));
}
