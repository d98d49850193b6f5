import { WarderError } from '#error/warder-error.ts';

/** What the native program sent is not what it can have sent. `why` goes on from "the native program sent". */
export function protocolError(why: string): WarderError<'ENGINE_PROTOCOL'> {
  return new WarderError('ENGINE_PROTOCOL', `the native program sent ${why}`, {
    details: { why },
    hint: 'Rebuild it: scripts/build-native --force',
  });
}
