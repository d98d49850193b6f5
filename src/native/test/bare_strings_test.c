/*
 * bare_strings.c under other names, next to the C library's: the same answer for every short input. And what needs the
 * fortified ones: a length that is larger than the room ends the process.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

#define memcpy bare_memcpy
#define memmove bare_memmove
#define memset bare_memset
#define memchr bare_memchr
#define strlen bare_strlen
#define strncmp bare_strncmp
#define strcmp bare_strcmp
#define strchr bare_strchr
#define strcspn bare_strcspn
#define __memcpy_chk bare_memcpy_chk
#define __memmove_chk bare_memmove_chk
#define __memset_chk bare_memset_chk
#define WARDER_BARE
void *memcpy(void *restrict to, const void *restrict from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int byte, size_t length);
void *memchr(const void *data, int byte, size_t length);
size_t strlen(const char *text);
int strncmp(const char *a, const char *b, size_t length);
int strcmp(const char *a, const char *b);
char *strchr(const char *text, int wanted);
size_t strcspn(const char *text, const char *stops);
#include "../bare_strings.c"
#undef memcpy
#undef memmove
#undef memset
#undef memchr
#undef strlen
#undef strncmp
#undef strcmp
#undef strchr
#undef strcspn

enum { ROOM = 24, TEXT = 6 };

static int sign(int value) { return (value > 0) - (value < 0); }

static void fill(unsigned char bytes[ROOM]) {
  for (int i = 0; i < ROOM; i++) bytes[i] = (unsigned char)(i * 37 + 11);
}

/* Every source, target and length within one buffer: all ways to overlap are among them. */
static bool moves_alike(void) {
  for (size_t from = 0; from < ROOM; from++) {
    for (size_t to = 0; to < ROOM; to++) {
      for (size_t length = 0; from + length <= ROOM && to + length <= ROOM; length++) {
        unsigned char ours[ROOM], theirs[ROOM];
        fill(ours);
        fill(theirs);
        memmove(theirs + to, theirs + from, length);
        if (bare_memmove(ours + to, ours + from, length) != ours + to || memcmp(ours, theirs, ROOM) != 0) return false;
      }
    }
  }
  return true;
}

static bool copies_and_sets_alike(void) {
  for (size_t length = 0; length <= ROOM; length++) {
    unsigned char source[ROOM], ours[ROOM] = {0}, theirs[ROOM] = {0};
    fill(source);
    memcpy(theirs, source, length);
    if (bare_memcpy(ours, source, length) != ours || memcmp(ours, theirs, ROOM) != 0) return false;
    memset(theirs, 0x1ff, length);
    if (bare_memset(ours, 0x1ff, length) != ours || memcmp(ours, theirs, ROOM) != 0) return false;
  }
  return true;
}

/* Text number `n` over these letters, one of them negative where char is signed. */
static const char LETTERS[] = {0, 'a', '/', (char)0xe4};

static void make_text(char text[TEXT], unsigned n) {
  for (int i = 0; i < TEXT - 1; i++, n /= sizeof LETTERS) text[i] = LETTERS[n % sizeof LETTERS];
  text[TEXT - 1] = 0;
}

static bool searches_alike(const char *text) {
  if (bare_strlen(text) != strlen(text)) return false;
  for (size_t i = 0; i < sizeof LETTERS; i++) {
    if (bare_strchr(text, LETTERS[i]) != strchr(text, LETTERS[i])) return false;
    for (size_t length = 0; length < TEXT; length++) {
      if (bare_memchr(text, LETTERS[i], length) != memchr(text, LETTERS[i], length)) return false;
    }
  }
  return bare_strcspn(text, "/") == strcspn(text, "/") && bare_strcspn(text, "") == strcspn(text, "") &&
         bare_strcspn(text, "\xe4/") == strcspn(text, "\xe4/");
}

static bool compares_alike(const char *a, const char *b) {
  if (sign(bare_strcmp(a, b)) != sign(strcmp(a, b))) return false;
  for (size_t length = 0; length <= TEXT; length++) {
    if (sign(bare_strncmp(a, b, length)) != sign(strncmp(a, b, length))) return false;
  }
  return true;
}

static bool all_texts(void) {
  enum { TEXTS = 1024 };
  for (unsigned n = 0; n < TEXTS; n++) {
    char a[TEXT], b[TEXT];
    make_text(a, n);
    if (!searches_alike(a)) return false;
    for (unsigned m = 0; m < TEXTS; m += 7) {
      make_text(b, m);
      if (!compares_alike(a, b) || !compares_alike(a, a)) return false;
    }
  }
  return true;
}

/* True when `room` bytes are too few for `length` and the process is ended by a signal for it. */
static bool ends_it(size_t length, size_t room) {
  pid_t pid = fork();
  if (pid == 0) {
    char to[ROOM], from[ROOM] = {0};
    bare_memcpy_chk(to, from, length, room);
    bare_memmove_chk(to, from, length, room);
    bare_memset_chk(to, 0, length, room);
    _exit(0);
  }
  int status = 0;
  if (pid < 0 || waitpid(pid, &status, 0) != pid) abort();
  return WIFSIGNALED(status);
}

int main(void) {
  check(moves_alike(), "memmove");
  check(copies_and_sets_alike(), "memcpy and memset");
  check(all_texts(), "memchr, strlen, strchr, strcspn, strcmp, strncmp");
  check(!ends_it(8, 8) && ends_it(9, 8), "a copy that is too long ends the process");
  return tap_end();
}
