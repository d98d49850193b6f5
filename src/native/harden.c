/* What init does to itself before it says READY: nothing of it can be read, reached or inherited afterwards. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "init.h"

/* All blocked; the one that init reads comes through the descriptor that is returned. */
static int reset_signals(void) {
  for (int number = 1; number < 65; number++) {
    if (number != SIGKILL && number != SIGSTOP) signal(number, SIG_DFL);
  }
  sigset_t all;
  sigfillset(&all);
  if (sigprocmask(SIG_SETMASK, &all, NULL) != 0) fail(STEP_HARDEN, 3, errno);
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  int signals = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals < 0) fail(STEP_HARDEN, 4, errno);
  return signals;
}

static void close_on_exec(int fd) {
  if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) fail(STEP_HARDEN, 5, errno);
}

int harden(enum init_variant variant) {
  if (getpid() != 1) fail(STEP_HARDEN, 0, ESRCH);
  if (close_range(FD_SELF, ~0U, 0) != 0) fail(STEP_HARDEN, 1, errno);
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) fail(STEP_HARDEN, 2, errno);
  prctl(PR_SET_NAME, "warder-init", 0, 0, 0);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) fail(STEP_HARDEN, 6, errno);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail(STEP_HARDEN, 7, errno);
  if (variant == INIT_DROP) drop_privileges();
  require_no_capabilities();
  for (int fd = FD_CONTROL; fd <= FD_PROGRAM_STDERR; fd++) close_on_exec(fd);
  /* From here on no diagnostics text: failures are messages. */
  if (dup2(0, STDERR_FILENO) != STDERR_FILENO) fail(STEP_HARDEN, 8, errno);
  umask(022);
  return reset_signals();
}
