#include "matrix.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

enum { SHOWN = 4, MAX_LINE = 1024 };

struct work {
  int size;
  const int *left, *right;
  int *result;
  atomic_int next;
};

static void die(const char *what) {
  fprintf(stderr, "%s failed\n", what);
  exit(1);
}

/* Takes the next row until there is none. */
static int multiply_rows(void *argument) {
  struct work *work = argument;
  int size = work->size;
  for (int row; (row = atomic_fetch_add(&work->next, 1)) < size;)
    for (int at = 0; at < size; at++)
      for (int column = 0; column < size; column++)
        work->result[row * size + column] += work->left[row * size + at] * work->right[at * size + column];
  return 0;
}

static void multiply(struct work *work, int workers) {
  thrd_t *threads = calloc((size_t)workers, sizeof *threads);
  if (!threads) die("calloc");
  for (int i = 0; i < workers; i++)
    if (thrd_create(&threads[i], multiply_rows, work) != thrd_success) die("thrd_create");
  for (int i = 0; i < workers; i++) thrd_join(threads[i], NULL);
  free(threads);
}

static void rule(char *to, const char *left, const char *middle, const char *right, int width) {
  to = stpcpy(to, left);
  for (int column = 0; column < SHOWN; column++) {
    if (column > 0) to = stpcpy(to, middle);
    for (int at = 0; at < width + 2; at++) to = stpcpy(to, "─");
  }
  strcpy(to, right);
}

static void print_table(const int *rows, int size, void (*print)(const char *line)) {
  int width = 0;
  for (int row = 0; row < SHOWN; row++) {
    for (int column = 0; column < SHOWN; column++) {
      int digits = snprintf(NULL, 0, "%d", rows[row * size + column]);
      if (digits > width) width = digits;
    }
  }
  char line[MAX_LINE];
  rule(line, "┌", "┬", "┐", width);
  for (int row = 0; row < SHOWN; row++) {
    print(line);
    char *to = line;
    for (int column = 0; column < SHOWN; column++) to += sprintf(to, "│ %*d ", width, rows[row * size + column]);
    strcpy(to, "│");
    print(line);
    if (row < SHOWN - 1) rule(line, "├", "┼", "┤", width);
  }
  rule(line, "└", "┴", "┘", width);
  print(line);
}

void matrix_product(int size, int workers, void (*print)(const char *line)) {
  size_t entries = (size_t)size * (size_t)size;
  int *left = calloc(entries, sizeof *left), *right = calloc(entries, sizeof *right);
  struct work work = {size, left, right, calloc(entries, sizeof *work.result), 0};
  if (!left || !right || !work.result) die("calloc");
  for (int row = 0; row < size; row++) {
    for (int column = 0; column < size; column++) {
      left[row * size + column] = (7 * row + 3 * column) % 11;
      right[row * size + column] = (5 * row + 2 * column) % 13;
    }
  }
  multiply(&work, workers);
  int trace = 0, sum = 0, most = 0;
  for (size_t at = 0; at < entries; at++) {
    if (at % (size_t)(size + 1) == 0) trace += work.result[at];
    sum += work.result[at];
    if (work.result[at] > most) most = work.result[at];
  }
  char line[MAX_LINE];
  snprintf(line, sizeof line, "matrix %d: trace %d, sum %d, most %d", size, trace, sum, most);
  print(line);
  print_table(work.result, size, print);
  free(left);
  free(right);
  free(work.result);
}
