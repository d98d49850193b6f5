#include "modular.h"

#include <stddef.h>

static const int BASES[] = {2, 3, 5, 7, 11, 13};

bool wide_parse(const char *text, wide *result) {
  *result = 0;
  if (*text == 0) return false;
  for (; *text; text++) {
    wide digit = (wide)(*text - '0');
    if (digit > 9 || __builtin_mul_overflow(*result, (wide)10, result)) return false;
    if (__builtin_add_overflow(*result, digit, result)) return false;
  }
  return true;
}

char *wide_print(wide number, char *text) {
  char digits[40], *to = text;
  int count = 0;
  do digits[count++] = (char)('0' + (int)(number % 10));
  while ((number /= 10) > 0);
  while (count > 0) *to++ = digits[--count];
  *to = 0;
  return text;
}

wide gcd(wide a, wide b) {
  return b == 0 ? a : gcd(b, a % b);
}

/* Both below the modulus; the sum may be more than 128 bits. */
static wide sum_of(wide a, wide b, wide modulus) {
  return a >= modulus - b ? a - (modulus - b) : a + b;
}

/* By doubling and adding: the product may be 256 bits. */
static wide product_of(wide a, wide b, wide modulus) {
  wide result = 0;
  for (; b > 0; b >>= 1) {
    if (b & 1) result = sum_of(result, a, modulus);
    a = sum_of(a, a, modulus);
  }
  return result;
}

wide power(wide base, wide exponent, wide modulus) {
  wide result = 1 % modulus;
  for (wide square = base % modulus; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result = product_of(result, square, modulus);
    square = product_of(square, square, modulus);
  }
  return result;
}

static bool is_witness(wide base, wide number) {
  if (base % number == 0) return false;
  wide last = number - 1, odd = last;
  int twos = 0;
  for (; odd % 2 == 0; odd /= 2) twos++;
  wide value = power(base, odd, number);
  if (value == 1) return false;
  for (; twos > 0; twos--) {
    if (value == last) return false;
    value = product_of(value, value, number);
  }
  return true;
}

int witness_against(wide number) {
  for (size_t i = 0; i < sizeof BASES / sizeof *BASES; i++)
    if (is_witness((wide)BASES[i], number)) return BASES[i];
  return 0;
}
