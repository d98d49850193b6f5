#include "document.h"

#include <errno.h>
#include <limits.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "json.h"

/* Letters with marks as one code point; the standard library does not decompose them. */
static const struct {
  wchar_t plain;
  const wchar_t *marked;
} PLAIN[] = {
    {L'a', L"àáâãäåāăą"}, {L'c', L"çćč"},  {L'd', L"ď"},   {L'e', L"èéêëēěę"}, {L'g', L"ğ"},    {L'i', L"ìíîïī"},
    {L'n', L"ñńň"},       {L'o', L"òóôõöő"}, {L'r', L"ŕř"}, {L's', L"śşš"},     {L't', L"ťţ"},   {L'u', L"ùúûüůű"},
    {L'y', L"ýÿ"},        {L'z', L"źżž"},  {L'α', L"ά"},   {L'ε', L"έ"},       {L'η', L"ή"},    {L'ι', L"ίϊΐ"},
    {L'ο', L"ό"},         {L'υ', L"ύϋΰ"},  {L'ω', L"ώ"},   {L'е', L"ёѐ"},      {L'и', L"йѝ"},
};

static regex_t word_pattern;

void document_prepare(void) {
  if (regcomp(&word_pattern, "[[:alnum:]]+", REG_EXTENDED) != 0) exit(1);
}

static wchar_t plain(wchar_t letter) {
  for (size_t i = 0; i < sizeof PLAIN / sizeof *PLAIN; i++)
    if (wcschr(PLAIN[i].marked, letter)) return PLAIN[i].plain;
  return letter;
}

char *fold(const char *text) {
  size_t length = strlen(text);
  /* A small letter may be longer in UTF-8 than its capital. */
  char *folded = need(length * MB_LEN_MAX + 1), *to = folded;
  mbstate_t from_state = {0}, to_state = {0};
  while (*text) {
    wchar_t letter;
    size_t used = mbrtowc(&letter, text, length, &from_state);
    if (used == (size_t)-1 || used == (size_t)-2) break;
    text += used;
    length -= used;
    if (letter >= 0x300 && letter <= 0x36f) continue;
    to += wcrtomb(to, plain((wchar_t)towlower((wint_t)letter)), &to_state);
  }
  return folded;
}

static void count_words(struct counts *words, const char *text) {
  const char *at = fold(text);
  for (regmatch_t found; regexec(&word_pattern, at, 1, &found, 0) == 0; at += found.rm_eo) {
    size_t length = (size_t)(found.rm_eo - found.rm_so);
    char *word = need(length + 1);
    memcpy(word, at + found.rm_so, length);
    counts_add(words, word, 1);
  }
}

/* False for a line that is no document. */
static bool parse(const char *line, struct document *document) {
  const struct json *found = json_parse(line);
  const struct json *id = json_get(found, "id", JSON_TEXT), *time = json_get(found, "time", JSON_NUMBER);
  const struct json *title = json_get(found, "title", JSON_TEXT), *text = json_get(found, "text", JSON_TEXT);
  const struct json *pages = json_get(found, "pages", JSON_NUMBER), *tags = json_get(found, "tags", JSON_ARRAY);
  if (!id || !time || !title || !text || !tags) return false;
  *document = (struct document){id->text, title->text, (time_t)time->number, pages ? (int)pages->number : 0, {0}, {0}};
  for (size_t i = 0; i < tags->size; i++)
    if (tags->items[i].type == JSON_TEXT) counts_add(&document->tags, tags->items[i].text, 1);
  count_words(&document->words, title->text);
  count_words(&document->words, text->text);
  return true;
}

void part_read(struct part *part) {
  FILE *file = fopen(part->path, "r");
  if (!file) {
    part->error = errno;
    return;
  }
  char *line = NULL;
  size_t room = 0, documents = 0;
  while (getline(&line, &room, file) >= 0) {
    if (line[strspn(line, " \t\r\n")] == 0) continue;
    if (part->size == documents) {
      documents = documents > 0 ? 2 * documents : 4;
      part->documents = realloc(part->documents, documents * sizeof *part->documents);
      if (!part->documents) break;
    }
    if (parse(line, &part->documents[part->size])) part->size++;
    else part->skipped++;
  }
  if (ferror(file) || !part->documents) part->error = errno;
  free(line);
  fclose(file);
}
