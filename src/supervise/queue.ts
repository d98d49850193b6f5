import { WarderError } from '#error/warder-error.ts';

export interface QueueLimits {
  /** Runs at the same time. */
  readonly concurrency: number;
  /** Runs that may wait; one more is refused. */
  readonly maxQueued: number;
}

interface Waiter {
  readonly admit: () => void;
  readonly refuse: (error: WarderError) => void;
}

/** A bounded number of places and a bounded waiting line, first come first served. */
export class RunQueue {
  readonly #limits: QueueLimits;
  readonly #waiting = new Set<Waiter>();
  #running = 0;
  #closed = false;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /**
   * Waits for a place; resolves with the way to give it back, or with null when `signal` fired first.
   * @throws WarderError SUPERVISE_QUEUE_FULL, SUPERVISE_CLOSED
   */
  async enter(signal?: AbortSignal): Promise<(() => void) | null> {
    if (this.#closed) throw closed();
    if (signal?.aborted) return null;
    if (this.#running < this.#limits.concurrency) this.#running++;
    else if (!(await this.#wait(signal))) return null;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#leave();
    };
  }

  /** Refuses everybody who waits and who comes. */
  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiting) waiter.refuse(closed());
    this.#waiting.clear();
  }

  async #wait(signal: AbortSignal | undefined): Promise<boolean> {
    if (this.#waiting.size >= this.#limits.maxQueued) throw this.#full();
    let onAbort = () => {};
    try {
      return await new Promise<boolean>((resolve, reject) => {
        const waiter: Waiter = { admit: () => resolve(true), refuse: reject };
        this.#waiting.add(waiter);
        onAbort = () => {
          // At once: a place that is handed to somebody who has left would be lost.
          this.#waiting.delete(waiter);
          resolve(false);
        };
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** A place is handed over without being free in between, so that nobody can slip in before the first in line. */
  #leave(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#running--;
      return;
    }
    this.#waiting.delete(next);
    next.admit();
  }

  #full(): WarderError {
    const details = { running: this.#running, queued: this.#waiting.size };
    return new WarderError('SUPERVISE_QUEUE_FULL', `${details.queued} runs are waiting already`, {
      details,
      hint: 'Try again later, or raise concurrency or maxQueued',
    });
  }
}

function closed(): WarderError {
  return new WarderError('SUPERVISE_CLOSED', 'this warder has been closed', { details: {} });
}
