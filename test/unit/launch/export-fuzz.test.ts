/** Files of a program are read out by what reads names and contents of its choice: nothing that it says breaks the supervisor. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isWarderError } from '#error/warder-error.ts';
import { decodeExportMessage, exportPayloadMax } from '#launch/export-protocol.ts';

const LISTED = 74;
const TYPES = [73, LISTED, 75, 76];
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  // Those that are long enough for an entry or an end of content, with a kind that there is.
  fc
    .tuple(fc.nat({ max: 12 }), fc.uint8Array({ minLength: 12, maxLength: 40 }))
    .map(([kind, rest]) => Uint8Array.of(kind, ...rest)),
);

/** Byte by byte, as protocol.h has them: a size that lost its upper half would be a cap that is not one. */
function numberAt(bytes: Uint8Array, at: number, width: number): number {
  return [...bytes.subarray(at, at + width)].reduceRight((sum, byte) => sum * 256 + byte, 0);
}

function expectNumbers(
  { mode, sizeBytes }: { readonly mode: number; readonly sizeBytes: number },
  bytes: Uint8Array,
): void {
  expect(mode).toBe(numberAt(bytes, 1, 4));
  // Above 2^53 both are rounded, and the order of the additions may show.
  expect(Math.abs(sizeBytes - numberAt(bytes, 5, 8))).toBeLessThanOrEqual(sizeBytes / 2 ** 52);
}

test('a message is one of its kind, or is refused by name', () => {
  let decoded = 0;
  fc.assert(
    fc.property(fc.constantFrom(...TYPES), payload, (type, bytes) => {
      const data = Buffer.from(bytes);
      try {
        const message = decodeExportMessage(type, data);
        expect(['entry', 'listed', 'content', 'contentEnd']).toContain(message?.kind);
        if (message?.kind === 'content') expect(message.data.equals(data)).toBe(true);
        if (message?.kind === 'entry') {
          expect(message.entry.path.equals(data.subarray(13))).toBe(true);
          expectNumbers(message.entry, bytes);
        }
        if (message?.kind === 'contentEnd') expectNumbers(message, bytes);
        decoded++;
      } catch (error) {
        if (error instanceof RangeError) expect(data.length).toBeLessThan(type === LISTED ? 1 : 13);
        else expect(isWarderError(error) && error.code).toBe('ENGINE_PROTOCOL');
      }
    }),
    { numRuns: 2000 },
  );
  expect(decoded).toBeGreaterThan(200);
});

test('every other type is of somebody else, and has no longest payload here', () => {
  fc.assert(
    fc.property(fc.nat({ max: 255 }), payload, (type, bytes) => {
      fc.pre(!TYPES.includes(type));
      expect(decodeExportMessage(type, Buffer.from(bytes))).toBeUndefined();
      expect(exportPayloadMax(type)).toBeUndefined();
    }),
  );
});
