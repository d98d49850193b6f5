import { randomBytes } from 'node:crypto';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A ULID: 48 bits of milliseconds and 80 random bits, 26 characters, sortable by time (github.com/ulid/spec). */
export function ulid(nowMs: number = Date.now()): string {
  return encode(BigInt(nowMs), 10) + encode(BigInt(`0x${randomBytes(10).toString('hex')}`), 16);
}

function encode(value: bigint, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) {
    text = `${CROCKFORD[Number(value & 31n)]}${text}`;
    value >>= 5n;
  }
  return text;
}
