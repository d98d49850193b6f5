/* The system calls (bare.h) by the C library's names; where an architecture lacks the old one, by its successor on both. */
#define _GNU_SOURCE
#include "bare.h"

#ifdef WARDER_BARE

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
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

/* --- descriptors --------------------------------------------------------------------------------------- */

ssize_t read(int fd, void *buffer, size_t length) { return syscall(SYS_read, fd, buffer, length); }
ssize_t write(int fd, const void *data, size_t length) { return syscall(SYS_write, fd, data, length); }
int close(int fd) { return (int)syscall(SYS_close, fd); }
int close_range(unsigned first, unsigned last, int flags) { return (int)syscall(SYS_close_range, first, last, flags); }
off_t lseek(int fd, off_t offset, int whence) { return syscall(SYS_lseek, fd, offset, whence); }
int pipe(int ends[2]) { return (int)syscall(SYS_pipe2, ends, 0); }
int memfd_create(const char *name, unsigned flags) { return (int)syscall(SYS_memfd_create, name, flags); }
int flock(int fd, int operation) { return (int)syscall(SYS_flock, fd, operation); }

/* dup3(2) refuses what dup2(2) takes as a test that the descriptor is open; nothing here asks for that. */
int dup2(int from, int to) { return (int)syscall(SYS_dup3, from, to, 0); }

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  unsigned mode = (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg(rest, unsigned) : 0;
  va_end(rest);
  return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

/* What follows is one word, a number or a pointer, or nothing. */
int fcntl(int fd, int command, ...) {
  va_list rest;
  va_start(rest, command);
  unsigned long word = va_arg(rest, unsigned long);
  va_end(rest);
  return (int)syscall(SYS_fcntl, fd, command, word);
}

int ioctl(int fd, unsigned long request, ...) {
  va_list rest;
  va_start(rest, request);
  unsigned long word = va_arg(rest, unsigned long);
  va_end(rest);
  return (int)syscall(SYS_ioctl, fd, request, word);
}

ssize_t send(int fd, const void *data, size_t length, int flags) {
  return syscall(SYS_sendto, fd, data, length, flags, NULL, 0UL);
}

ssize_t recv(int fd, void *buffer, size_t length, int flags) {
  return syscall(SYS_recvfrom, fd, buffer, length, flags, NULL, NULL);
}

int poll(struct pollfd *fds, nfds_t count, int milliseconds) {
  struct timespec wait = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000L};
  return (int)syscall(SYS_ppoll, fds, count, milliseconds < 0 ? NULL : &wait, NULL, 0UL);
}

/* --- files --------------------------------------------------------------------------------------------- */

int chdir(const char *path) { return (int)syscall(SYS_chdir, path); }
int mkdirat(int dir, const char *path, mode_t mode) { return (int)syscall(SYS_mkdirat, dir, path, mode); }
int fstat(int fd, struct stat *out) { return (int)syscall(SYS_fstat, fd, out); }
int fstatat(int dir, const char *restrict path, struct stat *restrict out, int flags) {
  return (int)syscall(SYS_newfstatat, dir, path, out, flags);
}
int fchmod(int fd, mode_t mode) { return (int)syscall(SYS_fchmod, fd, mode); }
int fchown(int fd, uid_t uid, gid_t gid) { return (int)syscall(SYS_fchown, fd, uid, gid); }
mode_t umask(mode_t mask) { return (mode_t)syscall(SYS_umask, mask); }

/* --- processes ----------------------------------------------------------------------------------------- */

pid_t getpid(void) { return (pid_t)syscall(SYS_getpid); }
pid_t getppid(void) { return (pid_t)syscall(SYS_getppid); }
pid_t setsid(void) { return (pid_t)syscall(SYS_setsid); }
pid_t fork(void) { return (pid_t)syscall(SYS_clone, (unsigned long)SIGCHLD, NULL, NULL, NULL, NULL); }
int unshare(int flags) { return (int)syscall(SYS_unshare, flags); }
int kill(pid_t pid, int number) { return (int)syscall(SYS_kill, pid, number); }
int setuid(uid_t uid) { return (int)syscall(SYS_setuid, uid); }
int setgid(gid_t gid) { return (int)syscall(SYS_setgid, gid); }
int setresuid(uid_t real, uid_t effective, uid_t saved) { return (int)syscall(SYS_setresuid, real, effective, saved); }
int setresgid(gid_t real, gid_t effective, gid_t saved) { return (int)syscall(SYS_setresgid, real, effective, saved); }
int setgroups(size_t count, const gid_t *groups) { return (int)syscall(SYS_setgroups, count, groups); }
int getrusage(__rusage_who_t who, struct rusage *out) { return (int)syscall(SYS_getrusage, who, out); }
int madvise(void *start, size_t length, int advice) { return (int)syscall(SYS_madvise, start, length, advice); }

int execve(const char *path, char *const argv[], char *const envp[]) {
  return (int)syscall(SYS_execve, path, argv, envp);
}

_Noreturn void _exit(int status) {
  for (;;) syscall(SYS_exit_group, status);
}

/* All of prctl(2)'s arguments are unsigned long, and callers give all four. */
int prctl(int option, ...) {
  unsigned long words[4];
  va_list rest;
  va_start(rest, option);
  for (int i = 0; i < 4; i++) words[i] = va_arg(rest, unsigned long);
  va_end(rest);
  return (int)syscall(SYS_prctl, option, words[0], words[1], words[2], words[3]);
}

pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage) {
  return (pid_t)syscall(SYS_wait4, pid, status, options, usage);
}

pid_t waitpid(pid_t pid, int *status, int options) { return wait4(pid, status, options, NULL); }

int clock_gettime(clockid_t clock, struct timespec *out) { return (int)syscall(SYS_clock_gettime, clock, out); }

/* --- signals ------------------------------------------------------------------------------------------- */

/* The kernel's set has 64 bits, and that of the C library, which is larger, begins with them. */
#define SET_BYTES 8UL

/* Every number, the two that the C library keeps for itself and never blocks included. */
int sigfillset(sigset_t *set) {
  memset(set, 0xff, sizeof *set);
  return 0;
}

int sigemptyset(sigset_t *set) {
  memset(set, 0, sizeof *set);
  return 0;
}

int sigaddset(sigset_t *set, int number) {
  set->__val[0] |= 1UL << (number - 1);
  return 0;
}

int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old) {
  return (int)syscall(SYS_rt_sigprocmask, how, set, old, SET_BYTES);
}

/* The kernel's sigaction, all zero but the first word: for SIG_DFL and SIG_IGN, since a handler would need a way back. */
__sighandler_t signal(int number, __sighandler_t handler) {
  struct {
    __sighandler_t handler;
    unsigned long flags;
    void *restorer;
    uint64_t mask;
  } action = {.handler = handler};
  return syscall(SYS_rt_sigaction, number, &action, NULL, SET_BYTES) == 0 ? SIG_DFL : SIG_ERR;
}

int signalfd(int fd, const sigset_t *set, int flags) {
  return (int)syscall(SYS_signalfd4, fd, set, SET_BYTES, flags);
}

#endif
