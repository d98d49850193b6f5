#include "counts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *need(size_t bytes) {
  void *memory = calloc(1, bytes > 0 ? bytes : 1);
  if (!memory) {
    perror("calloc");
    exit(1);
  }
  return memory;
}

/* Where the name is, or would be. */
static size_t place(const struct counts *counts, const char *name) {
  size_t from = 0, to = counts->size;
  while (from < to) {
    size_t middle = from + (to - from) / 2;
    if (strcmp(counts->entries[middle].name, name) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

static int is_at(const struct counts *counts, size_t at, const char *name) {
  return at < counts->size && strcmp(counts->entries[at].name, name) == 0;
}

static void grow(struct counts *counts) {
  size_t room = counts->room > 0 ? 2 * counts->room : 8;
  struct count *entries = realloc(counts->entries, room * sizeof *entries);
  if (!entries) {
    perror("realloc");
    exit(1);
  }
  counts->entries = entries;
  counts->room = room;
}

void counts_add(struct counts *counts, const char *name, int count) {
  size_t at = place(counts, name);
  if (!is_at(counts, at, name)) {
    if (counts->size == counts->room) grow(counts);
    memmove(counts->entries + at + 1, counts->entries + at, (counts->size - at) * sizeof *counts->entries);
    counts->entries[at] = (struct count){name, 0};
    counts->size++;
  }
  counts->entries[at].count += count;
}

void counts_add_all(struct counts *counts, const struct counts *other) {
  for (size_t i = 0; i < other->size; i++) counts_add(counts, other->entries[i].name, other->entries[i].count);
}

int counts_get(const struct counts *counts, const char *name) {
  size_t at = place(counts, name);
  return is_at(counts, at, name) ? counts->entries[at].count : 0;
}

int counts_total(const struct counts *counts) {
  int total = 0;
  for (size_t i = 0; i < counts->size; i++) total += counts->entries[i].count;
  return total;
}

static int by_rank(const void *a, const void *b) {
  const struct count *x = a, *y = b;
  return x->count != y->count ? y->count - x->count : strcmp(x->name, y->name);
}

void counts_print(const struct counts *counts, size_t most) {
  if (counts->size == 0) {
    puts("nothing");
    return;
  }
  struct count *ranking = need(counts->size * sizeof *ranking);
  memcpy(ranking, counts->entries, counts->size * sizeof *ranking);
  qsort(ranking, counts->size, sizeof *ranking, by_rank);
  for (size_t i = 0; i < counts->size && i < most; i++)
    printf("%s%s %d", i > 0 ? ", " : "", ranking[i].name, ranking[i].count);
  putchar('\n');
  free(ranking);
}
