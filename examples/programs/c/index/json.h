/* JSON, read and written; C has none. */
#ifndef JSON_H
#define JSON_H

#include <stddef.h>
#include <stdio.h>

enum json_type { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_TEXT, JSON_ARRAY, JSON_OBJECT };

struct json {
  enum json_type type;
  double number;
  const char *text;
  /* Of an array or an object. */
  struct json *items;
  size_t size;
  /* Of a member of an object. */
  const char *key;
};

/* NULL for a text that is not JSON. */
const struct json *json_parse(const char *text);

/* The member of that type; NULL where there is none. */
const struct json *json_get(const struct json *object, const char *key, enum json_type type);

void json_quote(FILE *out, const char *text);

#endif
