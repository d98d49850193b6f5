/*
 * Starting the program.
 *
 * The child shares init's memory and descriptor table until it execs, and init sleeps meanwhile
 * (CLONE_VM | CLONE_VFORK | CLONE_FILES, clone(2)). That gives exact errors without a pipe, which the program's
 * filter would have to allow a write to; it puts the seccomp listener, made by the child, into init's
 * table; and everything of init's is close-on-exec, so that nothing has to be closed in the child. exec gives
 * the child a table of its own.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init.h"

struct child {
  const struct start *start;
  int ruleset;
  struct started result;
};

_Noreturn static void child_fail(struct child *c, enum step step, uint32_t index) {
  c->result.step = step;
  c->result.index = index;
  c->result.error = errno;
  _exit(127);
}

static void set_rlimits(struct child *c) {
  for (uint32_t i = 0; i < c->start->rlimit_count; i++) {
    const struct rlimit_setting *r = &c->start->rlimits[i];
    struct rlimit limit;
    if (syscall(SYS_prlimit64, 0, r->resource, NULL, &limit) != 0) child_fail(c, STEP_RLIMIT, r->resource);
    /* Without a capability a hard limit can only go down: where ours was lower already, it stays. */
    if (r->hard < limit.rlim_max) limit.rlim_max = r->hard;
    limit.rlim_cur = r->soft < limit.rlim_max ? r->soft : limit.rlim_max;
    if (syscall(SYS_prlimit64, 0, r->resource, &limit, NULL) != 0) child_fail(c, STEP_RLIMIT, r->resource);
  }
}

static void install_filter(struct child *c) {
  struct sock_fprog program = {
      .len = (unsigned short)(c->start->filter_bytes / sizeof(struct sock_filter)),
      .filter = (struct sock_filter *)(void *)c->start->filter,
  };
  unsigned long flags = c->start->notify ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0;
  long got = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
  if (got < 0) child_fail(c, STEP_SECCOMP, 0);
  if (c->start->notify) c->result.listener = (int)got;
}

static const char *find_path(char *const *envp) {
  for (; *envp != NULL; envp++) {
    if (strncmp(*envp, "PATH=", 5) == 0) return *envp + 5;
  }
  return "";
}

/* One directory of PATH: `directory/name`. An empty directory means the current one, which is refused here. */
static bool join_path(char out[PATH_MAX], const char *directory, size_t length, const char *name) {
  size_t name_length = strlen(name);
  if (length == 0 || length + 1 + name_length >= PATH_MAX) return false;
  memcpy(out, directory, length);
  out[length] = '/';
  memcpy(out + length + 1, name, name_length + 1);
  return true;
}

/* execvpe(3) without its fall-back to a shell; like it, EACCES somewhere beats ENOENT everywhere. */
static void exec_by_path(const struct start *s) {
  static char file[PATH_MAX];
  int error = ENOENT;
  for (const char *at = find_path(s->envp); *at != 0;) {
    size_t length = strcspn(at, ":");
    if (join_path(file, at, length, s->argv[0])) {
      execve(file, s->argv, s->envp);
      if (errno == EACCES) error = EACCES;
      else if (errno != ENOENT && errno != ENOTDIR) return;
    }
    at += length + (at[length] == ':' ? 1 : 0);
  }
  errno = error;
}

static int child_main(void *argument) {
  struct child *c = argument;
  const struct start *s = c->start;
  if (setsid() < 0) child_fail(c, STEP_SESSION, 0);
  if (chdir(s->cwd) != 0) child_fail(c, STEP_CHDIR, 0);
  set_rlimits(c);
  sigset_t none;
  sigemptyset(&none);
  if (sigprocmask(SIG_SETMASK, &none, NULL) != 0) child_fail(c, STEP_SESSION, 1);
  if (landlock_restrict(c->ruleset) != 0) child_fail(c, STEP_LANDLOCK, 1002);
  install_filter(c);
  if (strchr(s->argv[0], '/') != NULL) execve(s->argv[0], s->argv, s->envp);
  else exec_by_path(s);
  child_fail(c, STEP_EXEC, 0);
}

/* The program's streams go to 0-2 for the moment of the start; afterwards init keeps none of them, or the
 * supervisor would never see end of file. */
static void take_streams(void) {
  for (int i = 0; i < 3; i++) {
    if (dup2(FD_PROGRAM_STDIN + i, i) != i) fail(STEP_HARDEN, 10, errno);
    close(FD_PROGRAM_STDIN + i);
  }
}

static void leave_streams(int null_fd) {
  for (int i = 0; i < 3; i++) {
    if (dup2(null_fd, i) != i) fail(STEP_HARDEN, 11, errno);
  }
  close(null_fd);
}

struct started program_start(const struct start *s) {
  static uint8_t stack[64 * 1024] __attribute__((aligned(16)));
  static struct child child;
  child.start = s;
  child.result = (struct started){.pid = -1, .listener = -1};
  child.ruleset = landlock_ruleset(&s->landlock);
  int null_fd = fcntl(0, F_DUPFD_CLOEXEC, FD_SELF);
  if (null_fd < 0) fail(STEP_HARDEN, 12, errno);
  take_streams();
  int pid = clone(child_main, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, &child);
  int clone_error = errno;
  leave_streams(null_fd);
  if (child.ruleset >= 0) close(child.ruleset);
  if (pid < 0) {
    child.result.step = STEP_CLONE;
    child.result.error = clone_error;
  } else if (child.result.error == 0) {
    child.result.pid = pid;
  }
  return child.result;
}
