/** A controller that a caller's signal aborts too, until it is let go. */
export interface Following {
  readonly controller: AbortController;
  /** Takes our listener off the caller's signal, which may live much longer than we do. */
  readonly letGo: () => void;
}

/** AbortSignal.any would pile dependents up on a signal that lives as long as its owner. */
export function followSignal(signal: AbortSignal | undefined): Following {
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  return { controller, letGo: () => signal?.removeEventListener('abort', abort) };
}
