#include "json.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "counts.h"

enum { MAX_DEPTH = 100 };

struct parser {
  const char *at;
  int depth;
};

static bool value(struct parser *parser, struct json *result);

static void skip_blanks(struct parser *parser) {
  parser->at += strspn(parser->at, " \t\r\n");
}

static bool accept(struct parser *parser, char letter) {
  skip_blanks(parser);
  if (*parser->at != letter) return false;
  parser->at++;
  return true;
}

static bool word(struct parser *parser, const char *expected) {
  size_t length = strlen(expected);
  if (strncmp(parser->at, expected, length) != 0) return false;
  parser->at += length;
  return true;
}

static bool unit(struct parser *parser, uint32_t *result) {
  char digits[5] = {0};
  if (strspn(parser->at, "0123456789abcdefABCDEF") < 4) return false;
  memcpy(digits, parser->at, 4);
  *result = (uint32_t)strtoul(digits, NULL, 16);
  parser->at += 4;
  return true;
}

static char *put_utf8(char *to, uint32_t point) {
  int more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  static const unsigned char first[] = {0, 0xc0, 0xe0, 0xf0};
  *to++ = (char)(first[more] | point >> 6 * more);
  while (more-- > 0) *to++ = (char)(0x80 | (point >> 6 * more & 0x3f));
  return to;
}

/* Behind the \u: a code point, of one unit of UTF-16 or of two. */
static bool point(struct parser *parser, char **to) {
  uint32_t high, low;
  if (!unit(parser, &high) || (high >= 0xdc00 && high <= 0xdfff)) return false;
  if (high >= 0xd800 && high <= 0xdbff) {
    if (!word(parser, "\\u") || !unit(parser, &low) || low < 0xdc00 || low > 0xdfff) return false;
    high = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
  }
  *to = put_utf8(*to, high);
  return true;
}

static bool escaped(struct parser *parser, char **to) {
  static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
  char letter = *parser->at++;
  if (letter == 'u') return point(parser, to);
  const char *found = letter ? strchr(letters, letter) : NULL;
  if (!found) return false;
  *(*to)++ = meanings[found - letters];
  return true;
}

static const char *string(struct parser *parser) {
  if (!accept(parser, '"')) return NULL;
  /* An escape is never shorter than what it stands for. */
  char *text = need(strcspn(parser->at, "\n") + 1), *to = text;
  while (*parser->at != '"') {
    if ((unsigned char)*parser->at < ' ') return NULL;
    if (*parser->at != '\\') *to++ = *parser->at++;
    else if (parser->at++, !escaped(parser, &to)) return NULL;
  }
  parser->at++;
  return text;
}

static bool sequence(struct parser *parser, struct json *result, char end) {
  size_t room = 0;
  if (accept(parser, end)) return true;
  do {
    if (result->size == room) {
      room = room > 0 ? 2 * room : 4;
      result->items = realloc(result->items, room * sizeof *result->items);
      if (!result->items) return false;
    }
    struct json *item = &result->items[result->size++];
    *item = (struct json){.type = JSON_NULL};
    if (end == '}' && (!(item->key = string(parser)) || !accept(parser, ':'))) return false;
    if (!value(parser, item)) return false;
  } while (accept(parser, ','));
  return accept(parser, end);
}

static bool nested(struct parser *parser, struct json *result, enum json_type type, char end) {
  result->type = type;
  parser->at++;
  return ++parser->depth <= MAX_DEPTH && sequence(parser, result, end) && parser->depth-- > 0;
}

static bool number(struct parser *parser, struct json *result) {
  if (!strchr("-0123456789", *parser->at)) return false;
  char *end;
  result->type = JSON_NUMBER;
  result->number = strtod(parser->at, &end);
  if (end == parser->at) return false;
  parser->at = end;
  return true;
}

static bool value(struct parser *parser, struct json *result) {
  skip_blanks(parser);
  switch (*parser->at) {
    case 0: return false;
    case '{': return nested(parser, result, JSON_OBJECT, '}');
    case '[': return nested(parser, result, JSON_ARRAY, ']');
    case '"': result->type = JSON_TEXT; return (result->text = string(parser)) != NULL;
    case 'n': result->type = JSON_NULL; return word(parser, "null");
    case 't': result->type = JSON_TRUE; return word(parser, "true");
    case 'f': result->type = JSON_FALSE; return word(parser, "false");
    default: return number(parser, result);
  }
}

const struct json *json_parse(const char *text) {
  struct parser parser = {text, 0};
  struct json *result = need(sizeof *result);
  if (!value(&parser, result)) return NULL;
  skip_blanks(&parser);
  return *parser.at == 0 ? result : NULL;
}

const struct json *json_get(const struct json *object, const char *key, enum json_type type) {
  for (size_t i = 0; object && object->type == JSON_OBJECT && i < object->size; i++)
    if (strcmp(object->items[i].key, key) == 0 && object->items[i].type == type) return &object->items[i];
  return NULL;
}

void json_quote(FILE *out, const char *text) {
  fputc('"', out);
  for (; *text; text++) {
    switch (*text) {
      case '"':
      case '\\': fprintf(out, "\\%c", *text); break;
      case '\n': fputs("\\n", out); break;
      case '\t': fputs("\\t", out); break;
      case '\r': fputs("\\r", out); break;
      default: fprintf(out, (unsigned char)*text < ' ' ? "\\u%04x" : "%c", (unsigned char)*text);
    }
  }
  fputc('"', out);
}
