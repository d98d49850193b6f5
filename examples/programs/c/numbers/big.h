/* Integers of up to 576 decimal digits, from zero on. */
#ifndef BIG_H
#define BIG_H

#include <stdbool.h>
#include <stdint.h>

enum { BIG_PLACES = 64, BIG_DIGITS = BIG_PLACES * 9 };

/* Nine decimal digits to a place, the lowest first. */
struct big {
  uint32_t place[BIG_PLACES];
};

struct big big_of(uint32_t number);
/* False for a text that is no such number. */
bool big_parse(const char *text, struct big *result);
bool big_is_zero(const struct big *big);
struct big big_plus(const struct big *a, const struct big *b);
void big_multiply(struct big *big, uint32_t factor);
/* Leaves the quotient and returns the rest. */
uint32_t big_divide(struct big *big, uint32_t divisor);
void big_print(const struct big *big, char text[BIG_DIGITS + 1]);

#endif
