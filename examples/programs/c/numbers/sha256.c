#include "sha256.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

static bool is_prime(int number) {
  for (int divisor = 2; divisor * divisor <= number; divisor++)
    if (number % divisor == 0) return false;
  return true;
}

/* The first 32 bits behind the point. */
static uint32_t fraction(double root) {
  double whole;
  return (uint32_t)ldexp(modf(root, &whole), 32);
}

void sha256_start(struct sha256 *hash) {
  int count = 0;
  for (int number = 2; count < 64; number++) {
    if (!is_prime(number)) continue;
    if (count < 8) hash->state[count] = fraction(sqrt(number));
    hash->constants[count++] = fraction(cbrt(number));
  }
  hash->bytes = 0;
}

static uint32_t rotated(uint32_t word, int by) {
  return word >> by | word << (32 - by);
}

static void compress(struct sha256 *hash) {
  uint32_t words[64], v[8];
  for (int at = 0; at < 16; at++) {
    const unsigned char *bytes = hash->block + 4 * at;
    words[at] = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
  }
  for (int at = 16; at < 64; at++) {
    uint32_t early = words[at - 15], late = words[at - 2];
    uint32_t s0 = rotated(early, 7) ^ rotated(early, 18) ^ early >> 3;
    uint32_t s1 = rotated(late, 17) ^ rotated(late, 19) ^ late >> 10;
    words[at] = words[at - 16] + s0 + words[at - 7] + s1;
  }
  for (int at = 0; at < 8; at++) v[at] = hash->state[at];
  for (int round = 0; round < 64; round++) {
    uint32_t s1 = rotated(v[4], 6) ^ rotated(v[4], 11) ^ rotated(v[4], 25);
    uint32_t first = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + hash->constants[round] + words[round];
    uint32_t s0 = rotated(v[0], 2) ^ rotated(v[0], 13) ^ rotated(v[0], 22);
    uint32_t second = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
    for (int at = 7; at > 0; at--) v[at] = v[at - 1];
    v[4] += first;
    v[0] = first + second;
  }
  for (int at = 0; at < 8; at++) hash->state[at] += v[at];
}

void sha256_add(struct sha256 *hash, const void *data, size_t size) {
  const unsigned char *bytes = data;
  for (size_t at = 0; at < size; at++) {
    hash->block[hash->bytes++ % 64] = bytes[at];
    if (hash->bytes % 64 == 0) compress(hash);
  }
}

void sha256_end(struct sha256 *hash, char hex[65]) {
  uint64_t bits = 8 * hash->bytes;
  sha256_add(hash, "\x80", 1);
  while (hash->bytes % 64 != 56) sha256_add(hash, "", 1);
  for (int shift = 56; shift >= 0; shift -= 8) sha256_add(hash, &(unsigned char){(unsigned char)(bits >> shift)}, 1);
  for (int at = 0; at < 8; at++) sprintf(hex + 8 * at, "%08x", hash->state[at]);
}
