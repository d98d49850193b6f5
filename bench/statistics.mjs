/** What can be said of a difference between things that were measured in the same rounds. */
import { quantile } from './lib.mjs';

const RESAMPLES = 2000;

/**
 * In place and uniform (Fisher and Yates): whatever drifts or comes in waves hits each place in the order alike.
 *
 * @template T
 * @param {T[]} items
 */
export function shuffle(items) {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    const [a, b] = [items[i], items[j]];
    items[i] = /** @type {T} */ (b);
    items[j] = /** @type {T} */ (a);
  }
}

/**
 * How much higher the median of `times` is than that of `before`, and the 95 % interval of that by the bootstrap: what
 * the same figure is in samples drawn from the rounds with repetition. A round is drawn as a whole, so that what slowed
 * both of its runs down does not count as a difference.
 *
 * @param {readonly number[]} times one for each round
 * @param {readonly number[]} before the same rounds
 */
export function medianDifference(times, before) {
  const figures = Array.from({ length: RESAMPLES }, () => {
    const rounds = times.map(() => Math.floor(Math.random() * times.length));
    const drawn = (/** @type {readonly number[]} */ from) =>
      quantile(
        rounds.map((round) => from[round] ?? 0),
        0.5,
      );
    return drawn(times) - drawn(before);
  });
  return {
    difference: quantile(times, 0.5) - quantile(before, 0.5),
    low: quantile(figures, 0.025),
    high: quantile(figures, 0.975),
  };
}
