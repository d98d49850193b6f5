#include "big.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLACE = 1000000000, DIGITS_OF_PLACE = 9 };

struct big big_of(uint32_t number) {
  return (struct big){{number % PLACE, number / PLACE}};
}

bool big_parse(const char *text, struct big *result) {
  *result = big_of(0);
  if (*text == 0) return false;
  for (; *text; text++) {
    if (!isdigit((unsigned char)*text) || result->place[BIG_PLACES - 1] >= PLACE / 10) return false;
    big_multiply(result, 10);
    result->place[0] += (uint32_t)(*text - '0');
  }
  return true;
}

bool big_is_zero(const struct big *big) {
  for (int at = 0; at < BIG_PLACES; at++)
    if (big->place[at] != 0) return false;
  return true;
}

static void overflow(void) {
  fputs("a number is too big\n", stderr);
  exit(1);
}

struct big big_plus(const struct big *a, const struct big *b) {
  struct big sum;
  uint32_t carry = 0;
  for (int at = 0; at < BIG_PLACES; at++) {
    carry += a->place[at] + b->place[at];
    sum.place[at] = carry % PLACE;
    carry /= PLACE;
  }
  if (carry > 0) overflow();
  return sum;
}

void big_multiply(struct big *big, uint32_t factor) {
  uint64_t carry = 0;
  for (int at = 0; at < BIG_PLACES; at++) {
    carry += (uint64_t)big->place[at] * factor;
    big->place[at] = (uint32_t)(carry % PLACE);
    carry /= PLACE;
  }
  if (carry > 0) overflow();
}

uint32_t big_divide(struct big *big, uint32_t divisor) {
  uint64_t rest = 0;
  for (int at = BIG_PLACES - 1; at >= 0; at--) {
    rest = rest * PLACE + big->place[at];
    big->place[at] = (uint32_t)(rest / divisor);
    rest %= divisor;
  }
  return (uint32_t)rest;
}

void big_print(const struct big *big, char text[BIG_DIGITS + 1]) {
  int top = BIG_PLACES - 1;
  while (top > 0 && big->place[top] == 0) top--;
  text += sprintf(text, "%u", big->place[top]);
  while (top > 0) text += sprintf(text, "%0*u", DIGITS_OF_PLACE, big->place[--top]);
}
