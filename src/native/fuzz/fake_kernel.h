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

#include "../init.h"
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

static ssize_t fuzz_send(int fd, const void *data, size_t length, int flags) {
  const uint8_t *frame = data;
  if (fd != FD_CONTROL || flags != MSG_NOSIGNAL || length < HEADER_BYTES || frame[4] != PROTOCOL_VERSION) abort();
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

static long fuzz_syscall(long number, ...) {
  if (number != SYS_openat2) abort();
  va_list arguments;
  va_start(arguments, number);
  int dir = va_arg(arguments, int);
  const char *path = va_arg(arguments, const char *);
  const struct open_how *how = va_arg(arguments, const struct open_how *);
  va_end(arguments);
  if (dir != FAKE_FD || (how->resolve & RESOLVE_BENEATH) == 0 || (how->resolve & RESOLVE_NO_SYMLINKS) == 0) abort();
  require_component(path);
  return FAKE_FD;
}

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
#define _exit fuzz_exit

#endif
