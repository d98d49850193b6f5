/*
 * The protocol's fuzzer without a fuzzer: the seeds (seeds.txt, the first argument), every cut of them, and a fixed
 * sequence of mutations through the same entry. Runs wherever there is a compiler; the same inputs every time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../test/tap.h"
#include "protocol_fuzz.h"

enum { MAX_SEEDS = 64, MAX_BYTES = 4096, ROUNDS = 300000 };

static struct seed {
  char name[64];
  enum outcome expected;
  size_t length;
  uint8_t bytes[MAX_BYTES];
} seeds[MAX_SEEDS];
static size_t seed_count;

static enum outcome outcome_of(const char *word) {
  if (strcmp(word, "accepted") == 0) return OUTCOME_ACCEPTED;
  return strcmp(word, "refused") == 0 ? OUTCOME_REFUSED : OUTCOME_ENDED;
}

static void read_seeds(const char *path) {
  static char hex[2 * MAX_BYTES + 1];
  char word[16];
  FILE *file = fopen(path, "r");
  if (file == NULL) abort();
  struct seed *s = seeds;
  while (seed_count < MAX_SEEDS && fscanf(file, "%63s %15s %8192s", s->name, word, hex) == 3) {
    s->expected = outcome_of(word);
    for (s->length = 0; hex[2 * s->length] != 0; s->length++) {
      unsigned value;
      if (sscanf(hex + 2 * s->length, "%2x", &value) != 1) abort();
      s->bytes[s->length] = (uint8_t)value;
    }
    seed_count++;
    s++;
  }
  fclose(file);
}

/* A copy of exactly that length on the heap, so that the sanitizer sees a read past the input itself. */
static enum outcome run(const uint8_t *bytes, size_t length) {
  uint8_t *copy = malloc(length > 0 ? length : 1);
  if (copy == NULL) abort();
  memcpy(copy, bytes, length);
  enum outcome outcome = protocol_fuzz(copy, length);
  free(copy);
  return outcome;
}

static void replay(const struct seed *s) {
  char what[128];
  snprintf(what, sizeof what, "seed %s", s->name);
  check(run(s->bytes, s->length) == s->expected, what);
  bool has_end = s->bytes[0] != READ_ORDERS && s->bytes[0] != READ_EXPORT_ORDERS && s->bytes[0] != READ_TREE;
  bool reads_to_the_end = s->expected == OUTCOME_ACCEPTED && has_end;
  bool accepted = false;
  for (size_t length = 0; length < s->length; length++) {
    accepted = run(s->bytes, length) == OUTCOME_ACCEPTED || accepted;
  }
  snprintf(what, sizeof what, "  no cut of %s is taken for the whole", s->name);
  if (reads_to_the_end) check(!accepted, what);
}

/* xorshift64 (Marsaglia 2003): the same numbers with every C library. */
static uint64_t random_state = 0x9e3779b97f4a7c15U;

static size_t random_below(size_t bound) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (size_t)(random_state % bound);
}

static const uint8_t interesting[] = {0, 1, 2, 4, 7, 8, 16, 17, 18, 19, 20, 63, 64, 65, 127, 128, 255};

static void mutate(uint8_t *bytes, size_t *length) {
  size_t at = 1 + random_below(*length - 1);
  switch (random_below(5)) {
    case 0: /* another byte */
      bytes[at] = interesting[random_below(sizeof interesting)];
      break;
    case 1: /* another bit */
      bytes[at] ^= (uint8_t)(1U << random_below(8));
      break;
    case 2: /* cut */
      *length = at + 1;
      break;
    case 3: /* a byte less */
      memmove(bytes + at, bytes + at + 1, *length - at - 1);
      if (*length > 2) --*length;
      break;
    default: /* a part of another seed */ {
      const struct seed *other = &seeds[random_below(seed_count)];
      size_t from = random_below(other->length);
      size_t count = random_below(other->length - from) + 1;
      if (count > MAX_BYTES - at) count = MAX_BYTES - at;
      memcpy(bytes + at, other->bytes + from, count);
      if (at + count > *length) *length = at + count;
    }
  }
}

static void mutations(void) {
  static uint8_t bytes[MAX_BYTES];
  size_t counts[3] = {0, 0, 0};
  for (int round = 0; round < ROUNDS; round++) {
    const struct seed *s = &seeds[random_below(seed_count)];
    size_t length = s->length;
    memcpy(bytes, s->bytes, length);
    for (size_t left = 1 + random_below(4); left > 0; left--) mutate(bytes, &length);
    counts[run(bytes, length)]++;
  }
  printf("# %d mutations: %zu accepted, %zu refused, %zu ended\n", ROUNDS, counts[0], counts[1], counts[2]);
  check(counts[OUTCOME_ACCEPTED] > 1000 && counts[OUTCOME_REFUSED] > 1000 && counts[OUTCOME_ENDED] > 1000,
        "mutations of the seeds reach every outcome and break nothing");
}

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  read_seeds(argv[1]);
  check(seed_count > 8, "there are seeds");
  for (size_t i = 0; i < seed_count; i++) replay(&seeds[i]);
  if (seed_count > 0) mutations();
  return tap_end();
}
