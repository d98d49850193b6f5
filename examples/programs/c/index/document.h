/* Documents, and the files that they come from. */
#ifndef DOCUMENT_H
#define DOCUMENT_H

#include <stddef.h>
#include <time.h>

#include "counts.h"

struct document {
  const char *id, *title;
  time_t time;
  int pages;
  struct counts tags, words;
};

/* What one file had. */
struct part {
  const char *path;
  struct document *documents;
  size_t size;
  int skipped;
  /* Of errno; 0 without one. */
  int error;
};

/* Once, before anything else here. */
void document_prepare(void);

/* As words are compared: without case and without marks. In UTF-8, in memory of its own. */
char *fold(const char *text);

/* Fills the part of the path. Threads may each read one. */
void part_read(struct part *part);

#endif
