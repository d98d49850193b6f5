/* The index: which word is in which documents. */
#ifndef SEARCH_H
#define SEARCH_H

#include "document.h"

struct word {
  const char *text;
  struct counts documents;
};

/* Words in order. */
struct index {
  struct word *words;
  size_t size;
};

struct index index_of(const struct document *documents, size_t size);

/* The documents that answer the query, and their scores. */
struct counts index_answer(const struct index *index, const char *query);

/* Writes the index as JSON beside its place and moves it there. Returns 0, or -1 with errno. */
int index_save(const struct index *index, const struct document *documents, size_t size, const char *path);

/* Reads what was saved, says what it is, and compares. */
int index_check(const struct index *index, const char *path);

#endif
