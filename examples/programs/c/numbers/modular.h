/* Arithmetic of remainders, up to 128 bits. */
#ifndef MODULAR_H
#define MODULAR_H

#include <stdbool.h>

typedef unsigned __int128 wide;

bool wide_parse(const char *text, wide *result);
/* Into a text of at least 40 bytes; returns it. */
char *wide_print(wide number, char *text);

wide gcd(wide a, wide b);
wide power(wide base, wide exponent, wide modulus);
/* The first base that shows by Miller and Rabin's test that the number is not prime; 0 without one. */
int witness_against(wide number);

#endif
