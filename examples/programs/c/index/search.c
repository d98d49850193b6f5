#include "search.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

struct index index_of(const struct document *documents, size_t size) {
  struct counts all = {0};
  for (size_t i = 0; i < size; i++) counts_add_all(&all, &documents[i].words);
  struct index index = {need(all.size * sizeof *index.words), all.size};
  for (size_t at = 0; at < all.size; at++) {
    index.words[at].text = all.entries[at].name;
    for (size_t i = 0; i < size; i++) {
      int count = counts_get(&documents[i].words, all.entries[at].name);
      if (count > 0) counts_add(&index.words[at].documents, documents[i].id, count);
    }
  }
  free(all.entries);
  return index;
}

static bool matches(const char *word, const char *term) {
  size_t length = strlen(term);
  if (length > 0 && term[length - 1] == '*') return strncmp(word, term, length - 1) == 0;
  return strcmp(word, term) == 0;
}

/* Documents with the term, or with words that begin with it, and how often they have it. */
static struct counts look_up(const struct index *index, const char *term) {
  struct counts found = {0};
  for (size_t i = 0; i < index->size; i++)
    if (matches(index->words[i].text, term)) counts_add_all(&found, &index->words[i].documents);
  return found;
}

struct counts index_answer(const struct index *index, const char *query) {
  struct counts scores = {0}, hits = {0}, unwanted = {0}, answer = {0};
  int wanted = 0;
  char *rest, *folded = fold(query);
  for (char *term = strtok_r(folded, " \t", &rest); term; term = strtok_r(NULL, " \t", &rest)) {
    struct counts found = look_up(index, *term == '-' ? term + 1 : term);
    if (*term == '-') {
      counts_add_all(&unwanted, &found);
    } else {
      wanted++;
      counts_add_all(&scores, &found);
      for (size_t i = 0; i < found.size; i++) counts_add(&hits, found.entries[i].name, 1);
    }
    free(found.entries);
  }
  for (size_t i = 0; i < scores.size; i++) {
    const char *id = scores.entries[i].name;
    if (counts_get(&hits, id) == wanted && counts_get(&unwanted, id) == 0)
      counts_add(&answer, id, scores.entries[i].count);
  }
  free(scores.entries);
  free(hits.entries);
  free(unwanted.entries);
  free(folded);
  return answer;
}

static void write_index(FILE *out, const struct index *index, const struct document *documents, size_t size) {
  fputs("{\"documents\":{", out);
  for (size_t i = 0; i < size; i++) {
    fputs(i > 0 ? "," : "", out);
    json_quote(out, documents[i].id);
    fputc(':', out);
    json_quote(out, documents[i].title);
  }
  fputs("},\"words\":[", out);
  for (size_t at = 0; at < index->size; at++) {
    const struct counts *found = &index->words[at].documents;
    fputs(at > 0 ? ",{\"word\":" : "{\"word\":", out);
    json_quote(out, index->words[at].text);
    for (size_t i = 0; i < found->size; i++) {
      fputs(i > 0 ? "," : ",\"in\":{", out);
      json_quote(out, found->entries[i].name);
      fprintf(out, ":%d", found->entries[i].count);
    }
    fputs("}}", out);
  }
  fputs("]}\n", out);
}

int index_save(const struct index *index, const struct document *documents, size_t size, const char *path) {
  char beside[256];
  snprintf(beside, sizeof beside, "%s.tmp", path);
  FILE *out = fopen(beside, "w");
  if (!out) return -1;
  write_index(out, index, documents, size);
  return fclose(out) == 0 ? rename(beside, path) : -1;
}

static uint32_t crc32(const char *data, size_t size) {
  uint32_t value = 0xffffffff;
  for (size_t i = 0; i < size; i++) {
    value ^= (unsigned char)data[i];
    for (int bit = 0; bit < 8; bit++) value = value >> 1 ^ (0xedb88320 & -(value & 1));
  }
  return ~value;
}

static bool is_same(const struct word *word, const struct json *stored) {
  const struct json *text = json_get(stored, "word", JSON_TEXT), *in = json_get(stored, "in", JSON_OBJECT);
  if (!text || !in || strcmp(text->text, word->text) != 0 || in->size != word->documents.size) return false;
  for (size_t i = 0; i < in->size; i++)
    if (counts_get(&word->documents, in->items[i].key) != (int)in->items[i].number) return false;
  return true;
}

int index_check(const struct index *index, const char *path) {
  char *data = NULL;
  size_t room = 0;
  FILE *in = fopen(path, "r");
  if (!in) return -1;
  ssize_t size = getdelim(&data, &room, 0, in);
  fclose(in);
  if (size < 0) return -1;
  const struct json *words = json_get(json_parse(data), "words", JSON_ARRAY);
  size_t read = words ? words->size : 0;
  bool same = read == index->size;
  for (size_t i = 0; same && i < read; i++) same = is_same(&index->words[i], &words->items[i]);
  printf("index.json: %zd bytes, crc32 %08x, %zu words read back, %s\n", size, crc32(data, (size_t)size), read,
         same ? "the same" : "another");
  free(data);
  return 0;
}
