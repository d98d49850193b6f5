/*
 * The kernel as the fuzzer's readers see it: read(2) and recv(2) give the input, everything else does nothing, succeeds,
 * and checks what it is asked for. Include it before the sources: from its end on the calls have these meanings.
 */
#ifndef WARDER_FAKE_KERNEL_H
#define WARDER_FAKE_KERNEL_H

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <linux/memfd.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../exporter.h"
#include "protocol_fuzz.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

uint8_t payload[PAYLOAD_MAX] __attribute__((aligned(16)));

static struct {
  const uint8_t *data;
  size_t left;
  size_t readable; /* of payload; the rest is poisoned, so that reading past a frame is seen */
  bool prepared;
  unsigned file_reads;
  bool exporting; /* then the exporter's own pieces of payload are not poisoned either */
  jmp_buf out;
} input;

/* The program's pid, and every descriptor but the channel. */
enum { MAIN_PID = 2, FAKE_FD = 1000 };

/* --- the kernel's part ------------------------------------------------------------------------------- */

static size_t take(void *buffer, size_t length) {
  if (length > input.left) length = input.left;
  memcpy(buffer, input.data, length);
  input.data += length;
  input.left -= length;
  return length;
}

static ssize_t fuzz_read(int fd, void *buffer, size_t length) {
  if (fd == FAKE_FD) { /* a file's content, in pieces, however large it was said to be */
    if (input.file_reads++ > 4) return 0;
    memset(buffer, 0, length);
    return length > 0 ? (ssize_t)(length / 2 + length % 2) : 0;
  }
  if (fd != FD_CONTROL) abort();
  uint8_t *at = buffer;
  if (at >= payload && at < payload + sizeof payload) {
    size_t end = (size_t)(at - payload) + length;
    if (end > sizeof payload) abort();
    ASAN_POISON_MEMORY_REGION(payload, input.readable);
    ASAN_UNPOISON_MEMORY_REGION(payload, end);
    input.readable = end;
  }
  return (ssize_t)take(buffer, length);
}

/* In pieces of a length that depends on the input, so that frames arrive cut. */
static ssize_t fuzz_recv(int fd, void *buffer, size_t length, int flags) {
  if (fd != FD_CONTROL || flags != MSG_DONTWAIT) abort();
  size_t piece = input.left > 0 ? 1 + input.data[0] % 32U : 0;
  return (ssize_t)take(buffer, piece < length ? piece : length);
}

/* One frame or, from the exporter, several: whole ones, and every path as it is promised. */
static ssize_t fuzz_send(int fd, const void *data, size_t length, int flags) {
  const uint8_t *frame = data;
  if (fd != FD_CONTROL || flags != MSG_NOSIGNAL || length < HEADER_BYTES) abort();
  for (size_t at = 0; at < length;) {
    if (length - at < HEADER_BYTES || frame[at + 4] != PROTOCOL_VERSION) abort();
    size_t size = frame[at] | (size_t)frame[at + 1] << 8 | (size_t)frame[at + 2] << 16;
    if (frame[at + 3] != 0 || size > length - at - HEADER_BYTES) abort();
    bool is_entry = frame[at + 5] == MSG_ENTRY;
    if (is_entry && (size < 13 || size > 13 + ENTRY_PATH_MAX)) abort();
    if (is_entry && memchr(frame + at + HEADER_BYTES + 13, 0, size - 13) != NULL) abort();
    at += HEADER_BYTES + size;
  }
  return (ssize_t)length;
}

/* File contents go out as they came in; reading them all is the check. */
static ssize_t fuzz_write(int fd, const void *data, size_t length) {
  const volatile uint8_t *bytes = data;
  if (fd != FAKE_FD) abort();
  for (size_t i = 0; i < length; i++) (void)bytes[i];
  return (ssize_t)length;
}

static int fuzz_kill(pid_t pid, int number) {
  if (pid != MAIN_PID && !(pid == -1 && number == SIGKILL)) abort();
  if (number < 0 || number > 64) abort();
  return 0;
}

static int fuzz_open(const char *path, int flags) {
  (void)flags;
  if (strcmp(path, WORKSPACE) != 0) abort();
  return FAKE_FD;
}

/* What is_plain_path() promised: one component at a time, none of them special. */
static void require_component(const char *name) {
  if (*name == 0 || strchr(name, '/') != NULL || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) abort();
}

static int fuzz_mkdirat(int dir, const char *path, mode_t mode) {
  (void)mode;
  if (dir != FAKE_FD) abort();
  require_component(path);
  return 0;
}

static int fuzz_fchmod(int fd, mode_t mode) {
  if (fd != FAKE_FD || (mode & ~0777U) != 0) abort();
  return 0;
}

static int fuzz_close(int fd) {
  if (fd != FAKE_FD) abort();
  return 0;
}

static long fuzz_openat2(int dir, const char *path, const struct open_how *how) {
  if (dir != FAKE_FD || (how->resolve & RESOLVE_BENEATH) == 0 || (how->resolve & RESOLVE_NO_SYMLINKS) == 0) abort();
  require_component(path);
  return FAKE_FD;
}

/* A directory of up to three entries with names from the input, which is what a program can choose. */
static long fuzz_getdents(int dir, uint8_t *out, size_t room) {
  size_t used_room = 0;
  if (dir != FAKE_FD || room < 3 * 512) abort();
  for (int i = 0; i < 3; i++) {
    uint8_t length = 0;
    if (take(&length, 1) != 1 || length == 0) break;
    uint8_t *entry = out + used_room;
    memset(entry, 0, 512);
    size_t got = take(entry + 19, length);
    for (size_t at = 0; at < got; at++) {
      if (entry[19 + at] == 0 || entry[19 + at] == '/') entry[19 + at] = 'x';
    }
    if (got == 0) break;
    size_t record = (19 + got + 1 + 7) & ~(size_t)7;
    entry[16] = (uint8_t)record;
    entry[17] = (uint8_t)(record >> 8);
    used_room += record;
  }
  return (long)used_room;
}

static long fuzz_syscall(long number, ...) {
  va_list arguments;
  va_start(arguments, number);
  int dir = va_arg(arguments, int);
  void *second = va_arg(arguments, void *);
  long result;
  if (number == SYS_openat2) result = fuzz_openat2(dir, second, va_arg(arguments, const struct open_how *));
  else if (number == SYS_getdents64) result = fuzz_getdents(dir, second, va_arg(arguments, unsigned));
  else abort();
  va_end(arguments);
  return result;
}

/* Of every kind that there is, of any size. */
static int fuzz_fstat(int fd, struct stat *out) {
  static const mode_t types[] = {S_IFREG, S_IFDIR, S_IFDIR, S_IFLNK, S_IFIFO, S_IFSOCK, S_IFCHR, S_IFBLK};
  uint8_t byte = 0;
  if (fd != FAKE_FD) abort();
  take(&byte, 1);
  memset(out, 0, sizeof *out);
  out->st_mode = types[byte % 8] | 0644;
  out->st_nlink = 1 + (byte >> 7);
  out->st_dev = (byte >> 6 & 1) != 0 && byte % 5 == 0;
  out->st_size = byte * 4096;
  return byte == 255 ? (errno = EACCES, -1) : 0;
}

static int fuzz_fstatat(int dir, const char *path, struct stat *out, int flags) {
  if (flags != AT_SYMLINK_NOFOLLOW) abort();
  require_component(path);
  return fuzz_fstat(dir, out);
}

static pid_t fuzz_fork(void) { abort(); }

_Noreturn static void fuzz_exit(int code) {
  (void)code;
  longjmp(input.out, OUTCOME_ENDED);
}

/* The headers above are read, so that only calls are replaced from here on. */
#define read fuzz_read
#define recv fuzz_recv
#define send fuzz_send
#define write fuzz_write
#define kill fuzz_kill
#define open fuzz_open
#define mkdirat fuzz_mkdirat
#define fchmod fuzz_fchmod
#define close fuzz_close
#define syscall fuzz_syscall
#define fstat fuzz_fstat
#define fstatat fuzz_fstatat
#define fork fuzz_fork
#define _exit fuzz_exit

#endif
