/* What does not want to end, what ends badly, and what others must not feel of it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "probe.h"

#define FD_END 1024
#define PAGE_BYTES 4096
/* Whatever is left behind goes by itself after this. */
#define DAEMON_SECONDS 60

/* daemon MARK: leaves a process behind, without session, parent or descriptors, with MARK on its command line. */
static int probe_daemon(int argc, char **argv) {
  (void)argc;
  (void)argv;
  pid_t first = fork();
  if (first != 0) {
    say_call("fork", first);
    if (first > 0) syscall(SYS_wait4, first, NULL, 0, NULL);
    return 0;
  }
  setsid();
  if (fork() != 0) _exit(0);
  for (int fd = 0; fd < FD_END; fd++) close(fd);
  struct timespec pause = {.tv_sec = DAEMON_SECONDS};
  syscall(SYS_ppoll, NULL, 0, &pause, NULL, 0);
  _exit(0);
}

static void ignore_signals(void) {
  for (int number = 1; number < 65; number++) {
    if (number != SIGKILL && number != SIGSTOP) signal(number, SIG_IGN);
  }
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
}

/* stubborn HOST: ignores what can be ignored, tries to stop process 1 where it is not the host's, and sleeps. */
static int probe_stubborn(int argc, char **argv) {
  bool own = own_pids(argument(argc, argv, 0, ""));
  if (say_call("stop process 1", own ? kill(1, SIGSTOP) : 0) != 0) say("stop", "refused");
  ignore_signals();
  setsid();
  for (int round = 0; round < 100; round++) {
    struct timespec pause = {.tv_nsec = 100 * 1000000};
    syscall(SYS_ppoll, NULL, 0, &pause, NULL, 0);
  }
  return 0;
}

/* quiet-spin: without stdio, computing. */
static int probe_quiet_spin(int argc, char **argv) {
  (void)argc;
  (void)argv;
  ignore_signals();
  for (int fd = 0; fd < FD_END; fd++) close(fd);
  struct timespec start;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &start);
  do {
    clock_gettime(CLOCK_MONOTONIC, &now);
  } while (now.tv_sec - start.tv_sec < 10);
  return 0;
}

/* kill-all SUPERVISOR HOST: SIGKILL to whoever can be reached; only where no process is the host's. */
static int probe_kill_all(int argc, char **argv) {
  pid_t supervisor = (pid_t)parse_number(argument(argc, argv, 0, "1"));
  bool outside = syscall(SYS_kill, supervisor, 0) == 0 || errno != ESRCH;
  if (outside || !own_pids(argument(argc, argv, 1, ""))) {
    say("refused", "this is not a process namespace of its own");
    return 0;
  }
  say_call("kill everybody", syscall(SYS_kill, -1, SIGKILL));
  return 0;
}

/* forge TEXT CODE: prints TEXT, then ends with CODE. */
static int probe_forge(int argc, char **argv) {
  say("forged", argument(argc, argv, 0, "{}"));
  _exit((int)parse_number(argument(argc, argv, 1, "0")));
}

/* crash DIR: ends by a signal that dumps core, as far as the hard limit lets it; without DIR nowhere (in /proc). */
static int probe_crash(int argc, char **argv) {
  if (chdir(argument(argc, argv, 0, "/proc")) != 0 && chdir("/proc") != 0) return 0;
  struct rlimit core;
  if (syscall(SYS_prlimit64, 0, RLIMIT_CORE, NULL, &core) == 0) {
    core.rlim_cur = core.rlim_max;
    syscall(SYS_prlimit64, 0, RLIMIT_CORE, &core, NULL);
  }
  signal(SIGSEGV, SIG_DFL);
  kill(getpid(), SIGSEGV);
  return 0;
}

/* Field 7 of /proc/self/stat (proc_pid_stat(5)): the controlling terminal, 0 for none. */
static bool has_no_terminal(void) {
  char text[512] = {0};
  int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
  if (fd >= 0) close(fd);
  if (length <= 0) return false;
  /* The name, field 2, may have blanks and brackets in it. */
  const char *at = NULL;
  for (const char *next = strchr(text, ')'); next != NULL; next = strchr(next + 1, ')')) at = next;
  for (int field = 2; at != NULL && field < 7; field++) at = strchr(at + 1, ' ');
  return at != NULL && at[1] == '0';
}

/* hangup: vhangup(2), where there is no terminal that could be hung up: in a session of its own, or one without. */
static int probe_hangup(int argc, char **argv) {
  (void)argc;
  (void)argv;
  if (setsid() < 0 && !has_no_terminal()) {
    say("refused", "there may be a terminal");
    return 0;
  }
  say_call("vhangup", syscall(SYS_vhangup));
  return 0;
}

/* touch BYTES: that much memory, at once. */
static int probe_touch(int argc, char **argv) {
  size_t bytes = parse_number(argument(argc, argv, 0, "0"));
  if (bytes == 0) return 0;
  long memory = syscall(SYS_mmap, NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1L, 0L);
  say_call("mmap", memory == -1 ? -1 : 0);
  if (memory == -1) return 0;
  /* Written through a volatile pointer: nobody reads it. */
  volatile char *at = (volatile char *)(uintptr_t)memory;
  for (size_t offset = 0; offset < bytes; offset += PAGE_BYTES) at[offset] = 1;
  return 0;
}

const struct probe lifetime_probes[] = {
    {"daemon", probe_daemon},
    {"stubborn", probe_stubborn},
    {"quiet-spin", probe_quiet_spin},
    {"kill-all", probe_kill_all},
    {"forge", probe_forge},
    {"crash", probe_crash},
    {"hangup", probe_hangup},
    {"touch", probe_touch},
    {NULL, NULL},
};
