/* How often each name occurs, names in order. */
#ifndef COUNTS_H
#define COUNTS_H

#include <stddef.h>

struct count {
  const char *name;
  int count;
};

struct counts {
  struct count *entries;
  size_t size, room;
};

/* Memory that lives as long as the program; ends it when there is none. */
void *need(size_t bytes);

/* Adds to a name's count, which is zero at first. The name is kept, not copied. */
void counts_add(struct counts *counts, const char *name, int count);
void counts_add_all(struct counts *counts, const struct counts *other);

/* Zero for a name that does not occur. */
int counts_get(const struct counts *counts, const char *name);
int counts_total(const struct counts *counts);

/* "a 3, b 1", the most frequent first, those of the same count by name, `most` of them; "nothing" without any. */
void counts_print(const struct counts *counts, size_t most);

#endif
