/* What another process is held by, as its tracer sees it. Nothing of it is changed, and it goes on afterwards. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

#define INSTRUCTIONS_MAX 4096
/* Four characters for each byte at most, and a line has 4096. */
#define PART_BYTES 512

static struct sock_filter instructions[INSTRUCTIONS_MAX];

static long trace(long request, long pid, unsigned long where, void *data) {
  return syscall(SYS_ptrace, request, pid, where, data);
}

/*
 * newest-filter PID: the system call filter that the process got last, as bytes. Only who has CAP_SYS_ADMIN on the host, and
 * no filter, is shown it (PTRACE_SECCOMP_GET_FILTER of ptrace(2)).
 */
static int probe_newest_filter(int argc, char **argv) {
  long pid = (long)parse_number(argument(argc, argv, 0, "0"));
  if (pid <= 1 || say_call("seize", trace(PTRACE_SEIZE, pid, 0, NULL)) != 0) return 0;
  int status = 0;
  trace(PTRACE_INTERRUPT, pid, 0, NULL);
  while (waitpid((pid_t)pid, &status, 0) < 0 && errno == EINTR) continue;
  /* Numbered from the oldest (get_nth_filter in kernel/seccomp.c); without a place to put it, its length is told. */
  unsigned long newest = 0;
  long length = -1;
  for (;; newest++) {
    long found = trace(PTRACE_SECCOMP_GET_FILTER, pid, newest, NULL);
    if (found < 0 && newest > 0) break;
    length = found;
    if (found < 0) break;
  }
  if (length > 0 && length <= INSTRUCTIONS_MAX)
    length = trace(PTRACE_SECCOMP_GET_FILTER, pid, newest - 1, instructions);
  say_call("filter", length);
  trace(PTRACE_DETACH, pid, 0, NULL);
  size_t bytes = length > 0 && length <= INSTRUCTIONS_MAX ? (size_t)length * sizeof *instructions : 0;
  for (size_t at = 0; at < bytes; at += PART_BYTES) {
    size_t rest = bytes - at;
    say_bytes("instructions", (const char *)instructions + at, rest < PART_BYTES ? rest : PART_BYTES);
  }
  return 0;
}

const struct probe inspect_probes[] = {{"newest-filter", probe_newest_filter}, {NULL, NULL}};
