/* Searches documents: JSON lines, POSIX regular expressions, UTF-8, threads, time, files; JSON and CRC by hand.
 *
 * index FILE... indexes the documents of the files, answers the queries of standard input, and writes the index.
 * What it finds lives as long as the program. */
#include <dirent.h>
#include <errno.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "document.h"
#include "json.h"
#include "search.h"

static _Noreturn void die(const char *what) {
  perror(what);
  exit(1);
}

static void *read_part(void *part) {
  part_read(part);
  return NULL;
}

/* Reads the files side by side. */
static struct part *read_all(char **paths, size_t count) {
  struct part *parts = need(count * sizeof *parts);
  pthread_t *threads = need(count * sizeof *threads);
  for (size_t i = 0; i < count; i++) {
    parts[i].path = paths[i];
    if ((errno = pthread_create(&threads[i], NULL, read_part, &parts[i])) != 0) die("pthread_create");
  }
  for (size_t i = 0; i < count; i++) {
    pthread_join(threads[i], NULL);
    if ((errno = parts[i].error) != 0) die(paths[i]);
  }
  free(threads);
  return parts;
}

static int by_time(const void *a, const void *b) {
  const struct document *const *x = a, *const *y = b;
  return ((*x)->time > (*y)->time) - ((*x)->time < (*y)->time);
}

/* In code points. */
static size_t length(const char *word) {
  return mbstowcs(NULL, word, 0);
}

static void describe(const struct document *documents, size_t size, const struct index *index) {
  struct counts words = {0}, tags = {0};
  const struct document **sorted = need(size * sizeof *sorted);
  int pages = 0;
  for (size_t i = 0; i < size; i++) {
    counts_add_all(&words, &documents[i].words);
    counts_add_all(&tags, &documents[i].tags);
    pages += documents[i].pages;
    sorted[i] = &documents[i];
  }
  printf("%zu documents, %d pages, %d words, %zu different\n", size, pages, counts_total(&words), index->size);
  qsort(sorted, size, sizeof *sorted, by_time);
  for (size_t i = 0; i < size; i++) {
    char moment[64];
    strftime(moment, sizeof moment, "%Y-%m-%d %H:%M:%S %a", gmtime(&sorted[i]->time));
    printf("%s  %s  ", moment, sorted[i]->id);
    json_quote(stdout, sorted[i]->title);
    putchar('\n');
  }
  fputs("tags: ", stdout);
  counts_print(&tags, tags.size);
  fputs("frequent: ", stdout);
  counts_print(&words, 8);
  const char *longest = "";
  for (size_t i = 0; i < words.size; i++)
    if (length(words.entries[i].name) > length(longest)) longest = words.entries[i].name;
  printf("longest: %s (%zu characters, %zu bytes)\n", longest, length(longest), strlen(longest));
  free(sorted);
}

static void answer_all(const struct index *index) {
  char *line = NULL;
  size_t room = 0;
  while (getline(&line, &room, stdin) >= 0) {
    char *query = line + strspn(line, " \t\r\n");
    size_t end = strlen(query);
    while (end > 0 && strchr(" \t\r\n", query[end - 1])) query[--end] = 0;
    if (*query == 0 || *query == '#') continue;
    struct counts answer = index_answer(index, query);
    printf("%s: ", query);
    counts_print(&answer, answer.size);
    free(answer.entries);
  }
  free(line);
}

static int is_entry(const struct dirent *entry) {
  return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static void list(const char *directory) {
  struct dirent **entries;
  int count = scandir(directory, &entries, is_entry, alphasort);
  if (count < 0) die(directory);
  fputs("files: ", stdout);
  for (int i = 0; i < count; i++) {
    printf("%s%s", i > 0 ? ", " : "", entries[i]->d_name);
    free(entries[i]);
  }
  putchar('\n');
  free(entries);
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fputs("usage: index FILE... < QUERIES\n", stderr);
    return 1;
  }
  if (!setlocale(LC_ALL, "C.UTF-8")) die("setlocale");
  document_prepare();
  size_t files = (size_t)argc - 1, size = 0;
  struct part *parts = read_all(argv + 1, files);
  for (size_t i = 0; i < files; i++) size += parts[i].size;
  struct document *documents = need(size * sizeof *documents), *to = documents;
  for (size_t i = 0; i < files; i++) {
    const char *slash = strrchr(parts[i].path, '/');
    printf("%s: %zu documents, %d skipped\n", slash ? slash + 1 : parts[i].path, parts[i].size, parts[i].skipped);
    memcpy(to, parts[i].documents, parts[i].size * sizeof *to);
    to += parts[i].size;
  }
  struct index index = index_of(documents, size);
  describe(documents, size, &index);
  answer_all(&index);
  if (mkdir("index", 0755) != 0) die("index");
  if (index_save(&index, documents, size, "index/index.json") != 0) die("index/index.json");
  if (index_check(&index, "index/index.json") != 0) die("index/index.json");
  list("index");
}
