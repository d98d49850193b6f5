/*
 * What `warder doctor` wants to know of a kernel and cannot read from a file. One line per question, `name number`: 0 for
 * yes, an errno for no, a negative number for the signal that ended the attempt. Whatever changes the process is tried in
 * a child, so that the order does not matter. Run on the host it tells what the kernel has; run inside a launcher's
 * sandbox, whether that sandbox is as tight as was asked for.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "modes.h"

/* Not in every header that this is built with; the numbers are the same on all architectures. */
#define NR_PIDFD_OPEN 434
#define NR_CLONE3 435
#define NR_CLOSE_RANGE 436
#define NR_OPENAT2 437

#define DESCRIPTOR_NOBODY_HAS (1U << 30)

static int result_of(long returned) { return returned < 0 ? errno : 0; }

static int ask_pidfd(void) { return result_of(syscall(NR_PIDFD_OPEN, getpid(), 0)); }

static int ask_openat2(void) {
  struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS};
  return result_of(syscall(NR_OPENAT2, AT_FDCWD, "/", &how, sizeof how));
}

static int ask_close_range(void) {
  return result_of(syscall(NR_CLOSE_RANGE, DESCRIPTOR_NOBODY_HAS, ~0U, 0));
}

/* Too small a structure is EINVAL wherever the call exists (clone3(2)); nothing is cloned. */
static int ask_clone3(void) {
  int error = result_of(syscall(NR_CLONE3, NULL, 0));
  return error == EINVAL ? 0 : error;
}

static int ask_seccomp_notify(void) {
  uint32_t action = SECCOMP_RET_USER_NOTIF;
  return result_of(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action));
}

static int ask_userns(void) { return result_of(unshare(CLONE_NEWUSER)); }

/* Where a security module hands out user namespaces without privileges, the first succeeds and the second does not. */
static int ask_userns_privileges(void) {
  if (unshare(CLONE_NEWUSER) != 0) return errno;
  return result_of(unshare(CLONE_NEWNS));
}

static int ask_proc_writable(void) { return result_of(open("/proc/self/comm", O_WRONLY | O_CLOEXEC)); }

#if defined(__x86_64__)
/* getpid by the entry of 32-bit programs; without that entry the processor faults. */
static int ask_i386(void) {
  long result = 20;
  __asm__ volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
  return result > 0 ? 0 : (int)-result;
}

/* getpid with the bit of the x32 ABI. */
static int ask_x32(void) { return result_of(syscall(0x40000000L | 39)); }
#else
static int ask_i386(void) { return ENOSYS; }
static int ask_x32(void) { return ENOSYS; }
#endif

static const struct {
  const char *name;
  int (*ask)(void);
} questions[] = {
    {"pidfd", ask_pidfd},
    {"openat2", ask_openat2},
    {"closeRange", ask_close_range},
    {"clone3", ask_clone3},
    {"seccompNotify", ask_seccomp_notify},
    {"userns", ask_userns},
    {"usernsPrivileges", ask_userns_privileges},
    {"procWritable", ask_proc_writable},
    {"i386", ask_i386},
    {"x32", ask_x32},
};

/* errno numbers end at 133, so that one byte of exit status carries them. */
static int ask_in_child(int (*ask)(void)) {
  pid_t child = fork();
  if (child < 0) return errno;
  if (child == 0) _exit(ask());
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return errno;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

int mode_survey(void) {
  for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
    int answer = ask_in_child(questions[i].ask);
    if (!print_answer(questions[i].name, answer)) return 1;
  }
  return mode_probe();
}
