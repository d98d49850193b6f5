interface Closable {
  close(): Promise<void>;
}

/** All or nothing: when one cannot be opened, the others are closed and the first error in the order given is thrown. */
export async function openAll<T extends Closable>(opening: readonly Promise<T>[]): Promise<readonly T[]> {
  const results = await Promise.allSettled(opening);
  const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed === undefined) return opened;
  await Promise.allSettled(opened.map((one) => one.close()));
  throw failed.reason;
}
