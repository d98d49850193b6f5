/* The lines that a probe prints, each with a single write, so that a probe that is ended loses none that it said. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "probe.h"

#define LINE_MAX_BYTES 4096
#define NUMBER_MAX_BYTES 21

struct line {
  char text[LINE_MAX_BYTES];
  size_t length;
};

static void put(struct line *line, char character) {
  /* Two bytes stay free: for a blank and the newline. */
  if (line->length < sizeof line->text - 2) line->text[line->length++] = character;
}

static void put_text(struct line *line, const char *text) {
  for (; *text != 0; text++) put(line, *text);
}

static void put_escaped(struct line *line, unsigned char byte) {
  static const char digits[] = "0123456789abcdef";
  if (byte >= 0x20 && byte < 0x7f && byte != '\\') {
    put(line, (char)byte);
    return;
  }
  put_text(line, "\\x");
  put(line, digits[byte >> 4]);
  put(line, digits[byte & 15]);
}

static void put_number(struct line *line, long number) {
  char digits[NUMBER_MAX_BYTES];
  size_t at = sizeof digits;
  unsigned long rest = number < 0 ? 0 - (unsigned long)number : (unsigned long)number;
  do {
    digits[--at] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest > 0);
  if (number < 0) put(line, '-');
  while (at < sizeof digits) put(line, digits[at++]);
}

static void print(struct line *line) {
  line->text[line->length++] = '\n';
  /* Whoever does not read does not get an answer. */
  if (write(STDOUT_FILENO, line->text, line->length) < 0) _exit(74);
}

void say_bytes(const char *key, const void *data, size_t length) {
  struct line line = {.length = 0};
  put_text(&line, key);
  put(&line, ' ');
  for (size_t i = 0; i < length; i++) put_escaped(&line, ((const unsigned char *)data)[i]);
  print(&line);
}

void say(const char *key, const char *text) { say_bytes(key, text, strlen(text)); }

void say_number(const char *key, long number) {
  struct line line = {.length = 0};
  put_text(&line, key);
  put(&line, ' ');
  put_number(&line, number);
  print(&line);
}

long say_call(const char *name, long returned) {
  int error = returned == -1 ? errno : 0;
  struct line line = {.length = 0};
  put_text(&line, "call ");
  put_text(&line, name);
  put(&line, ' ');
  put_number(&line, error);
  put(&line, ' ');
  put_number(&line, returned);
  print(&line);
  return returned;
}

static unsigned digit_of(char character) {
  if (character >= '0' && character <= '9') return (unsigned)(character - '0');
  char lower = (char)(character | 0x20);
  return lower >= 'a' && lower <= 'f' ? (unsigned)(lower - 'a') + 10 : 16;
}

unsigned long parse_number(const char *text) {
  bool negative = *text == '-';
  if (negative) text++;
  unsigned base = text[0] == '0' && text[1] == 'x' ? 16 : 10;
  if (base == 16) text += 2;
  unsigned long number = 0;
  for (; digit_of(*text) < base; text++) number = number * base + digit_of(*text);
  return negative ? 0 - number : number;
}

const char *argument(int argc, char **argv, int index, const char *otherwise) {
  return index < argc ? argv[index] : otherwise;
}
