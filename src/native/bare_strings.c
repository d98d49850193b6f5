/*
 * memcpy(3) and its like (bare.h), plain: what they are given is short. Each loop has an empty asm, without which the
 * compiler would recognise what it does and call the very function that it is in.
 */
#include "bare.h"

#ifdef WARDER_BARE

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define STAY_A_LOOP() __asm__ volatile("" ::: "memory")

void *__memcpy_chk(void *to, const void *from, size_t length, size_t room);
void *__memmove_chk(void *to, const void *from, size_t length, size_t room);
void *__memset_chk(void *to, int byte, size_t length, size_t room);

/* Not one of the known names: the compiler is free to make memcpy of a memmove, and then of itself. */
static void *copy(void *to, const void *from, size_t length) {
  unsigned char *target = to;
  const unsigned char *source = from;
  /* Upwards, unless the target begins within the source: then what is still to be read would be overwritten. */
  if ((uintptr_t)to - (uintptr_t)from >= length) {
    for (size_t i = 0; i < length; i++) {
      target[i] = source[i];
      STAY_A_LOOP();
    }
  } else {
    for (size_t i = length; i > 0; i--) {
      target[i - 1] = source[i - 1];
      STAY_A_LOOP();
    }
  }
  return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t length) { return copy(to, from, length); }

void *memmove(void *to, const void *from, size_t length) { return copy(to, from, length); }

void *memset(void *to, int byte, size_t length) {
  unsigned char *target = to;
  for (size_t i = 0; i < length; i++) {
    target[i] = (unsigned char)byte;
    STAY_A_LOOP();
  }
  return to;
}

/* What _FORTIFY_SOURCE makes of calls whose target has a known size. */
void *__memcpy_chk(void *to, const void *from, size_t length, size_t room) {
  if (length > room) __builtin_trap();
  return copy(to, from, length);
}

void *__memmove_chk(void *to, const void *from, size_t length, size_t room) {
  if (length > room) __builtin_trap();
  return copy(to, from, length);
}

void *__memset_chk(void *to, int byte, size_t length, size_t room) {
  if (length > room) __builtin_trap();
  return memset(to, byte, length);
}

void *memchr(const void *data, int byte, size_t length) {
  const unsigned char *at = data;
  for (size_t i = 0; i < length; i++) {
    if (at[i] == (unsigned char)byte) return (void *)(at + i);
    STAY_A_LOOP();
  }
  return NULL;
}

size_t strlen(const char *text) {
  size_t length = 0;
  for (; text[length] != 0; length++) STAY_A_LOOP();
  return length;
}

int strncmp(const char *a, const char *b, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (a[i] != b[i]) return (unsigned char)a[i] < (unsigned char)b[i] ? -1 : 1;
    if (a[i] == 0) return 0;
    STAY_A_LOOP();
  }
  return 0;
}

int strcmp(const char *a, const char *b) { return strncmp(a, b, (size_t)-1); }

char *strchr(const char *text, int wanted) {
  for (;; text++) {
    if (*text == (char)wanted) return (char *)text;
    if (*text == 0) return NULL;
    STAY_A_LOOP();
  }
}

size_t strcspn(const char *text, const char *stops) {
  size_t length = 0;
  for (; text[length] != 0 && strchr(stops, text[length]) == NULL; length++) STAY_A_LOOP();
  return length;
}

#endif
