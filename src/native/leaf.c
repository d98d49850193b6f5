/*
 * Entering the run's cgroup leaf.
 *
 * On version 2 a process that moves itself waits for the lock over every fork and exec of the machine, and for the grace
 * period before it (cgroup_threadgroup_rwsem, percpu-rwsem): 14 ms where nobody was moved lately, 18 ms on a slow machine.
 * One that is born in the leaf waits for nothing (clone3(2), CLONE_INTO_CGROUP, since Linux 5.7: 0.1 ms). So the launcher
 * is a child there. This process, which the supervisor knows, stays outside of the leaf, holds no descriptor, and ends as
 * the launcher ends; when it is killed, the launcher is.
 *
 * Where a child cannot be born there, moving is tried, and what that fails with is the reason that is reported: kernels
 * before 5.7, and filters around a container that do not let clone3(2) through.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "leaf.h"

static const char PROCS[] = "/cgroup.procs";

/* Of a version 2 leaf, the directory; -1 for anything else. */
static int open_directory(char *path) {
  size_t length = strlen(path);
  size_t tail = sizeof PROCS - 1;
  if (length <= tail || strcmp(path + length - tail, PROCS) != 0) return -1;
  path[length - tail] = '\0';
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  path[length - tail] = '/';
  return fd;
}

static pid_t bear_in(int leaf) {
  struct clone_args how = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (unsigned)leaf};
  return (pid_t)syscall(SYS_clone3, &how, sizeof how);
}

_Noreturn static void stand_in_for(pid_t launcher) {
  /* The launcher's, whose ends others wait for. */
  close_range(0, ~0U, 0);
  int status;
  while (waitpid(launcher, &status, 0) < 0) {
    if (errno != EINTR) _exit(1);
  }
  if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
  /* The same signal, but not a second core dump. */
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  kill(getpid(), WTERMSIG(status));
  _exit(128 + WTERMSIG(status));
}

void die_with(pid_t parent, uint32_t index) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) fail(STEP_PARENT, index, errno);
  if (getppid() != parent) fail(STEP_PARENT, index, ESRCH);
}

static void move_into(char *const *paths) {
  for (uint32_t i = 0; paths[i] != NULL; i++) {
    int fd = open(paths[i], O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || write(fd, "0", 1) != 1) fail(STEP_JOIN, i, errno);
    close(fd);
  }
}

pid_t enter_leaf(char *const *paths, pid_t supervisor) {
  int directory = paths[0] != NULL && paths[1] == NULL ? open_directory(paths[0]) : -1;
  if (directory >= 0) {
    die_with(supervisor, 2);
    pid_t self = getpid();
    pid_t child = bear_in(directory);
    close(directory);
    if (child > 0) stand_in_for(child);
    if (child == 0) {
      /* Now, since the ids are still the same; giving them up takes it away (prctl(2)). */
      die_with(self, 3);
      return self;
    }
  }
  move_into(paths);
  return supervisor;
}
