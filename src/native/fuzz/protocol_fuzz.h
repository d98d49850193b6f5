/* The entry of the protocol's fuzzer, for libFuzzer and for replay.c. */
#ifndef WARDER_PROTOCOL_FUZZ_H
#define WARDER_PROTOCOL_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* The first byte of an input: who reads the rest. */
enum reader {
  READ_LAUNCH = 0, /* the stub: LAUNCH */
  READ_START = 1,  /* init: FILE, FILE_DATA, START */
  READ_ORDERS = 2, /* init, after START: SIGNAL, KILL */
  READ_EXPORT_ORDERS = 3, /* init, after DONE: EXPORT, EXPORT_END too */
  READ_FETCHES = 4,       /* the exporter: FETCH, EXPORT_END */
  READ_TREE = 5,          /* the exporter's walk: not the channel, but directories as a program may make them */
};

enum outcome {
  OUTCOME_ACCEPTED = 0,
  OUTCOME_REFUSED = 1, /* a FAILED message */
  OUTCOME_ENDED = 2,   /* the reader gave up: end of file, KILL, or nonsense where nobody is left to tell */
};

enum outcome protocol_fuzz(const uint8_t *data, size_t size);

/* https://llvm.org/docs/LibFuzzer.html */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
