import type { FirstCause } from '#result/run-result.ts';

/**
 * Why a run must end. The first cause is the verdict; it is recorded before anything is killed, because
 * afterwards every cause looks alike.
 */
export class CauseRecorder {
  readonly #onFirst: (cause: FirstCause) => void;
  #first: FirstCause | null = null;

  constructor(onFirst: (cause: FirstCause) => void) {
    this.#onFirst = onFirst;
  }

  get first(): FirstCause | null {
    return this.#first;
  }

  record(cause: FirstCause): void {
    if (this.#first !== null) return;
    this.#first = cause;
    this.#onFirst(cause);
  }
}
