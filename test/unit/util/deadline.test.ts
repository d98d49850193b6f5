import { describe, expect, test } from 'vitest';
import { settlesWithin, withDeadline } from '#util/deadline.ts';

const never = new Promise<never>(() => {});
const late = () => new Error('late');
const inMs = <T>(ms: number, value: T): Promise<T> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(value), ms);
  });

describe('withDeadline', () => {
  test('gives what was in time', async () => {
    expect(await withDeadline(Promise.resolve(1), 1000, late)).toBe(1);
    await expect(withDeadline(Promise.reject(new Error('own')), 1000, late)).rejects.toThrow('own');
  });
  test('rejects what is not', async () => {
    await expect(withDeadline(never, 5, late)).rejects.toThrow('late');
  });
  test('work that fails later is nobody’s unhandled rejection', async () => {
    const failing = inMs(20, 0).then(() => Promise.reject(new Error('too late')));
    await expect(withDeadline(failing, 1, late)).rejects.toThrow('late');
    await inMs(40, 0); // vitest fails the run on an unhandled rejection
  });
  test('makes the error only when it is needed', async () => {
    let made = 0;
    const work = withDeadline(inMs(1, 0), 30, () => {
      made++;
      return late();
    });
    await work;
    await inMs(50, 0);
    expect(made).toBe(0);
  });
});

describe('settlesWithin', () => {
  test('tells whether it did, not how', async () => {
    expect(await settlesWithin(Promise.resolve(), 1000)).toBe(true);
    expect(await settlesWithin(Promise.reject(new Error('own')), 1000)).toBe(true);
    expect(await settlesWithin(never, 5)).toBe(false);
  });
});
