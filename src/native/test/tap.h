/* The few lines of TAP that the tests need. */
#ifndef WARDER_TAP_H
#define WARDER_TAP_H

#include <stdbool.h>
#include <stdio.h>

static int tap_count;
static int tap_failed;

static inline void check(bool passed, const char *what) {
  tap_count++;
  if (!passed) tap_failed++;
  printf("%sok %d - %s\n", passed ? "" : "not ", tap_count, what);
  fflush(stdout);
}

static inline int tap_end(void) {
  printf("1..%d\n", tap_count);
  return tap_failed == 0 ? 0 : 1;
}

#endif
