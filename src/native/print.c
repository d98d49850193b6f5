/* Answers as text, for the modes that are asked on standard output. */
#include <string.h>
#include <unistd.h>

#include "modes.h"

#define NAME_MAX_BYTES 64
/* Sign and the digits of the smallest long. */
#define NUMBER_MAX_BYTES 20

/* From the last digit on; as unsigned, since the smallest long has no positive counterpart. */
static char *put_number(char *end, long number) {
  unsigned long rest = number < 0 ? 0 - (unsigned long)number : (unsigned long)number;
  do {
    *--end = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest > 0);
  if (number < 0) *--end = '-';
  return end;
}

bool print_answer(const char *name, long number) {
  char line[NAME_MAX_BYTES + 1 + NUMBER_MAX_BYTES + 1];
  char digits[NUMBER_MAX_BYTES];
  const char *begin = put_number(digits + sizeof digits, number);
  size_t name_length = strlen(name);
  size_t number_length = (size_t)(digits + sizeof digits - begin);
  if (name_length > NAME_MAX_BYTES) return false;
  memcpy(line, name, name_length);
  line[name_length] = ' ';
  memcpy(line + name_length + 1, begin, number_length);
  line[name_length + 1 + number_length] = '\n';
  size_t length = name_length + number_length + 2;
  return write(STDOUT_FILENO, line, length) == (ssize_t)length;
}
