/* Calculates: big integers, modular arithmetic, threads, bits, a digest, box drawing; big integers and SHA-256 by hand.
 *
 * numbers WORKERS reads one task to a line of standard input. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "big.h"
#include "matrix.h"
#include "modular.h"
#include "sha256.h"

enum { LINE = 60, MAX_WORKERS = 64, MAX_SIZE = 1000 };

static struct sha256 digest;

static void print_line(const char *line) {
  puts(line);
  sha256_add(&digest, line, strlen(line));
  sha256_add(&digest, "\n", 1);
}

__attribute__((format(printf, 1, 2))) static void print(const char *format, ...) {
  char line[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  print_line(line);
}

static void print_long(const char *name, const struct big *number) {
  char digits[BIG_DIGITS + 1];
  int sum = 0;
  big_print(number, digits);
  for (const char *digit = digits; *digit; digit++) sum += *digit - '0';
  print("%s has %zu digits, their sum is %d", name, strlen(digits), sum);
  for (size_t at = 0; at < strlen(digits); at += LINE) print("  %.*s", LINE, digits + at);
}

static bool factorial(char **operands, int workers) {
  (void)workers;
  char name[32];
  struct big result = big_of(1);
  for (uint32_t factor = 2; factor <= strtoul(operands[0], NULL, 10); factor++) big_multiply(&result, factor);
  snprintf(name, sizeof name, "%s!", operands[0]);
  print_long(name, &result);
  return true;
}

static bool fibonacci(char **operands, int workers) {
  (void)workers;
  char name[32];
  struct big previous = big_of(0), current = big_of(1);
  for (unsigned long rest = strtoul(operands[0], NULL, 10); rest > 0; rest--) {
    struct big next = big_plus(&previous, &current);
    previous = current;
    current = next;
  }
  snprintf(name, sizeof name, "fibonacci %s", operands[0]);
  print_long(name, &previous);
  return true;
}

static bool divisor(char **operands, int workers) {
  (void)workers;
  wide a, b;
  char text[40];
  if (!wide_parse(operands[0], &a) || !wide_parse(operands[1], &b)) return false;
  print("gcd %s", wide_print(gcd(a, b), text));
  return true;
}

static bool raise_to(char **operands, int workers) {
  (void)workers;
  wide base, exponent, modulus;
  char text[40];
  if (!wide_parse(operands[0], &base) || !wide_parse(operands[1], &exponent)) return false;
  if (!wide_parse(operands[2], &modulus) || modulus == 0) return false;
  print("power %s", wide_print(power(base, exponent, modulus), text));
  return true;
}

static bool prime(char **operands, int workers) {
  (void)workers;
  wide number;
  if (!wide_parse(operands[0], &number) || number < 2) return false;
  int witness = witness_against(number);
  if (witness == 0) print("%s is prime", operands[0]);
  else print("%s is composite, says %d", operands[0], witness);
  return true;
}

static bool in_base(char **operands, int workers) {
  (void)workers;
  struct big rest;
  unsigned long base = strtoul(operands[0], NULL, 10);
  if (base < 2 || base > 36 || !big_parse(operands[1], &rest)) return false;
  /* Written from its end; base 2 has the most digits. */
  char digits[BIG_DIGITS * 4], *at = digits + sizeof digits - 1;
  *at = 0;
  do *--at = "0123456789abcdefghijklmnopqrstuvwxyz"[big_divide(&rest, (uint32_t)base)];
  while (!big_is_zero(&rest));
  print("base %lu: %s", base, at);
  return true;
}

static bool matrix(char **operands, int workers) {
  int size = atoi(operands[0]);
  if (size < 4 || size > MAX_SIZE) return false;
  matrix_product(size, workers, print_line);
  return true;
}

static bool bits(char **operands, int workers) {
  (void)workers;
  uint32_t word = (uint32_t)strtoul(operands[0], NULL, 10), reversed = 0;
  if (word == 0) return false;
  char drawn[128], *to = drawn;
  for (int bit = 31; bit >= 0; bit--) {
    reversed |= (word >> bit & 1) << (31 - bit);
    to = stpcpy(to, word >> bit & 1 ? "█" : "░");
    if (bit % 8 == 0 && bit > 0) to = stpcpy(to, " ");
  }
  print("bits %08x: %d set, %d leading and %d trailing zeros, reversed %08x, rotated %08x, gray %08x", word,
        __builtin_popcount(word), __builtin_clz(word), __builtin_ctz(word), reversed, word << 7 | word >> 25,
        word ^ word >> 1);
  print("  %s", drawn);
  return true;
}

static const struct {
  const char *name;
  int operands;
  /* False where an operand is none. */
  bool (*solve)(char **operands, int workers);
} TASKS[] = {
    {"factorial", 1, factorial}, {"fibonacci", 1, fibonacci}, {"gcd", 2, divisor},   {"power", 3, raise_to},
    {"prime", 1, prime},         {"base", 2, in_base},        {"matrix", 1, matrix}, {"bits", 1, bits},
};

static bool solve(const char *line, int workers) {
  char copy[2048], *words[5], *rest;
  int count = 0;
  snprintf(copy, sizeof copy, "%s", line);
  for (char *word = strtok_r(copy, " \t", &rest); word && count < 5; word = strtok_r(NULL, " \t", &rest))
    words[count++] = word;
  for (size_t i = 0; i < sizeof TASKS / sizeof *TASKS; i++)
    if (strcmp(words[0], TASKS[i].name) == 0)
      return count == TASKS[i].operands + 1 && TASKS[i].solve(words + 1, workers);
  return false;
}

int main(int argc, char **argv) {
  int workers = argc == 2 ? atoi(argv[1]) : 0;
  if (workers < 1 || workers > MAX_WORKERS) {
    fputs("usage: numbers WORKERS < TASKS\n", stderr);
    return 1;
  }
  sha256_start(&digest);
  for (char line[2048]; fgets(line, sizeof line, stdin);) {
    line[strcspn(line, "\r\n")] = 0;
    if (line[strspn(line, " \t")] == 0 || *line == '#') continue;
    if (!solve(line, workers)) print("no such task: %s", line);
  }
  char hex[65];
  sha256_end(&digest, hex);
  printf("sha256 %s\n", hex);
}
