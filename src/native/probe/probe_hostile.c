/* What misleads whoever starts programs and reads what they leave: bytes on any descriptor, names, links that move. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "probe.h"

#define BYTES_MAX 4096
#define RENAME_EXCHANGE_FLAG 2UL
/* A second or more: longer than any collection, and an end where nobody ends it. */
#define LEFT_BEHIND_TIMES 2000000L
#define PIECE_NS 3000000L
#define NAME_BYTES 128

static int value_of(char digit) { return digit >= 'a' ? digit - 'a' + 10 : digit - '0'; }

static size_t bytes_of(const char *hex, char *out) {
  size_t length = 0;
  for (; hex[0] != 0 && hex[1] != 0 && length < BYTES_MAX; hex += 2)
    out[length++] = (char)(value_of(hex[0]) << 4 | value_of(hex[1]));
  return length;
}

/* pieces FD HEX…: each with a write of its own, and a pause between them. */
static int probe_pieces(int argc, char **argv) {
  char bytes[BYTES_MAX];
  struct timespec pause = {.tv_nsec = PIECE_NS};
  int fd = (int)parse_number(argument(argc, argv, 0, "1"));
  for (int i = 1; i < argc; i++) {
    size_t length = bytes_of(argv[i], bytes);
    if (write(fd, bytes, length) < 0) return 1;
    if (i + 1 < argc) syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &pause, NULL);
  }
  return 0;
}

/* writable LAST: how many descriptors from 3 to LAST would take bytes; none is given any. */
static int probe_writable(int argc, char **argv) {
  long last = (long)parse_number(argument(argc, argv, 0, "64"));
  long taken = 0;
  for (long fd = 3; fd <= last; fd++) {
    if (fcntl((int)fd, F_GETFD) < 0) continue;
    /* A filter may refuse to say; then what is open counts. */
    long flags = fcntl((int)fd, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) != O_RDONLY) taken++;
  }
  say_number("taken", taken);
  return 0;
}

/* words ARGS…: what arrived. */
static int probe_words(int argc, char **argv) {
  for (int i = 0; i < argc; i++) say_bytes("word", argv[i], strlen(argv[i]));
  return 0;
}

static bool name_pair(const char *name, char *file, char *link) {
  size_t length = strlen(name);
  if (length == 0 || length + 3 > NAME_BYTES) return false;
  memcpy(file, name, length);
  memcpy(link, name, length);
  memcpy(file + length, "-a", 3);
  memcpy(link + length, "-b", 3);
  return true;
}

static long exchange(const char *one, const char *other) {
  return syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE_FLAG);
}

/*
 * swaps DIR TARGET TIMES NAME: in DIR a file NAME-a and a link NAME-b to TARGET change places, as often as TIMES and then, in a
 * process that is left behind, for a second or more, or until one of them is gone.
 */
static int probe_swaps(int argc, char **argv) {
  unsigned long times = parse_number(argument(argc, argv, 2, "1"));
  char file[NAME_BYTES];
  char link[NAME_BYTES];
  if (!name_pair(argument(argc, argv, 3, ""), file, link)) return 64;
  if (say_call("chdir", chdir(argument(argc, argv, 0, "/tmp"))) != 0) return 0;
  int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (say_call("create", fd) < 0) return 0;
  say_call("write", write(fd, "own", 3));
  close(fd);
  say_call("symlinkat", syscall(SYS_symlinkat, argument(argc, argv, 1, "/"), AT_FDCWD, link));
  long last = 0;
  for (unsigned long i = 0; i < times && last == 0; i++) last = exchange(file, link);
  say_call("renameat2", last);
  pid_t child = fork();
  if (child != 0) {
    say_call("fork", child);
    return 0;
  }
  setsid();
  for (long i = 0; i < LEFT_BEHIND_TIMES && exchange(file, link) == 0; i++) continue;
  return 0;
}

/* clock: the time stamp counter, and the switch that would give it back where it was taken (PR_SET_TSC(2const)). */
static int probe_clock(int argc, char **argv) {
  (void)argc;
  (void)argv;
  int mode = 0;
  say_call("PR_GET_TSC", prctl(PR_GET_TSC, &mode, 0L, 0L, 0L));
  say_number("mode", mode);
  say_call("PR_SET_TSC", prctl(PR_SET_TSC, (long)PR_TSC_ENABLE, 0L, 0L, 0L));
  return 0;
}

const struct probe hostile_probes[] = {
    {"pieces", probe_pieces}, {"writable", probe_writable}, {"words", probe_words},
    {"swaps", probe_swaps},   {"clock", probe_clock},           {NULL, NULL},
};
