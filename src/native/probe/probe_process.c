/* Processes: descriptors that were left open, other processes, limits and scheduling. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "probe.h"

#define FD_END 1024
/* No process has so many. */
#define NO_FD 0x7fffffff
/* The first page of every process is empty (vm.mmap_min_addr). */
#define NOWHERE 1UL
/* A child that nobody ends goes by itself after this. */
#define CHILD_SECONDS 5

static void name_with(char *name, const char *text, int number) {
  size_t length = strlen(text);
  memcpy(name, text, length);
  char digits[12];
  size_t count = 0;
  unsigned rest = (unsigned)number;
  do {
    digits[count++] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest > 0);
  while (count > 0) name[length++] = digits[--count];
  name[length] = 0;
}

/* fds: every descriptor that is open, as `fd N`, what it is, and `directory N` for those that lead into a tree. */
static int probe_fds(int argc, char **argv) {
  (void)argc;
  (void)argv;
  for (int fd = 0; fd < FD_END; fd++) {
    if (fcntl(fd, F_GETFD) < 0) continue;
    say_number("fd", fd);
    char path[32];
    char target[256];
    name_with(path, "/proc/self/fd/", fd);
    long length = syscall(SYS_readlinkat, AT_FDCWD, path, target, sizeof target);
    if (length > 0) say_bytes("target", target, (size_t)length);
    struct stat found;
    if (fstat(fd, &found) == 0 && S_ISDIR(found.st_mode)) say_number("directory", fd);
  }
  return 0;
}

/* leak PATH: the same with PATH left open. */
static int probe_leak(int argc, char **argv) {
  say_call("open", open(argument(argc, argv, 0, "/"), O_RDONLY));
  return probe_fds(argc, argv);
}

/* A process of our own, to show that a call works at all; ends with us, or soon after. */
static pid_t start_child(void) {
  pid_t child = fork();
  if (child != 0) return child;
  struct timespec pause = {.tv_sec = CHILD_SECONDS};
  syscall(SYS_ppoll, NULL, 0, &pause, NULL, 0);
  _exit(0);
}

static void end_child(pid_t child) {
  if (child <= 0) return;
  kill(child, SIGKILL);
  syscall(SYS_wait4, child, NULL, 0, NULL);
}

static void steal_from(const char *call, pid_t pid) {
  int handle = (int)syscall(SYS_pidfd_open, pid, 0);
  if (handle < 0) {
    say_call(call, handle);
    return;
  }
  /* The kernel asks whether we may before it looks for the descriptor: EBADF is a yes. */
  say_call(call, syscall(SYS_pidfd_getfd, handle, NO_FD, 0));
  close(handle);
}

/* steal: a descriptor that nobody has, of process 1, of our parent, of our child. */
static int probe_steal(int argc, char **argv) {
  (void)argc;
  (void)argv;
  steal_from("pidfd_getfd of process 1", 1);
  steal_from("pidfd_getfd of parent", getppid());
  pid_t child = start_child();
  steal_from("pidfd_getfd of child", child);
  end_child(child);
  return 0;
}

static void attach_to(const char *attach, const char *peek, pid_t pid) {
  if (say_call(attach, syscall(SYS_ptrace, PTRACE_SEIZE, pid, 0, 0)) == 0) {
    /* It cannot be let go while it runs; the tracer's end does that. */
    say("seized", attach);
  }
  char byte = 0;
  struct iovec here = {.iov_base = &byte, .iov_len = 1};
  struct iovec there = {.iov_base = &byte, .iov_len = 1};
  say_call(peek, syscall(SYS_process_vm_readv, pid, &here, 1UL, &there, 1UL, 0UL));
}

/* attach HOST: tracing, and reading the memory, of our child, and of process 1 and our parent where they are not the host's. */
static int probe_attach(int argc, char **argv) {
  if (own_pids(argument(argc, argv, 0, ""))) {
    attach_to("seize process 1", "read memory of process 1", 1);
    attach_to("seize parent", "read memory of parent", getppid());
  }
  pid_t child = start_child();
  attach_to("seize child", "read memory of child", child);
  end_child(child);
  return 0;
}

/* A limit that cannot be: the kernel asks whether we may set one before it looks at that, so EINVAL is a yes. */
static void limit_other(const char *call, pid_t pid) {
  const struct rlimit impossible = {.rlim_cur = 2, .rlim_max = 1};
  say_call(call, syscall(SYS_prlimit64, pid, RLIMIT_NOFILE, &impossible, NULL));
}

/* limits: those of process 1 and of our parent. */
static int probe_limits(int argc, char **argv) {
  (void)argc;
  (void)argv;
  limit_other("prlimit of process 1", 1);
  limit_other("prlimit of parent", getppid());
  return 0;
}

/* unlimit: our own file size without limit. */
static int probe_unlimit(int argc, char **argv) {
  (void)argc;
  (void)argv;
  const struct rlimit none = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
  say_call("prlimit", syscall(SYS_prlimit64, 0, RLIMIT_FSIZE, &none, NULL));
  say_call("setrlimit", syscall(SYS_setrlimit, RLIMIT_FSIZE, &none));
  return 0;
}

struct attributes {
  uint32_t size;
  uint32_t policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime;
  uint64_t deadline;
  uint64_t period;
};

/* realtime: scheduling before everybody else, for this process alone, which ends at once. */
static int probe_realtime(int argc, char **argv) {
  (void)argc;
  (void)argv;
  const int priority = 1;
  say_call("SCHED_FIFO", syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &priority));
  say_call("SCHED_RR", syscall(SYS_sched_setscheduler, 0, SCHED_RR, &priority));
  const struct attributes deadline = {sizeof deadline, 6, 0, 0, 0, 1000000, 10000000, 10000000};
  say_call("SCHED_DEADLINE", syscall(SYS_sched_setattr, 0, &deadline, 0));
  say_call("nice", syscall(SYS_setpriority, PRIO_PROCESS, 0, -20));
  /* IOPRIO_WHO_PROCESS, IOPRIO_CLASS_RT */
  say_call("ioprio", syscall(SYS_ioprio_set, 1, 0, 1 << 13));
  return 0;
}

/* Which processors, which scheduler: from a pointer that leads nowhere, so that EFAULT is what lies behind a filter. */
static void disturb_other(const char *affinity, const char *scheduler, pid_t pid) {
  say_call(affinity, syscall(SYS_sched_setaffinity, pid, sizeof(uint64_t), NOWHERE));
  say_call(scheduler, syscall(SYS_sched_setscheduler, pid, SCHED_OTHER, NOWHERE));
}

/* There is no value that changes nothing for certain but the one it has; and that is set in a jail alone. */
static void say_priority(const char *call, pid_t pid, bool may_set) {
  /* The raw call gives 20 minus the nice value, so that it is never negative (getpriority(2)). */
  long raised = syscall(SYS_getpriority, PRIO_PROCESS, pid);
  say_call(call, raised < 0 || !may_set ? raised : syscall(SYS_setpriority, PRIO_PROCESS, pid, 20 - raised));
}

/* disturb HOST: scheduling of process 1 and of our parent. */
static int probe_disturb(int argc, char **argv) {
  bool own = own_pids(argument(argc, argv, 0, ""));
  disturb_other("affinity of process 1", "scheduler of process 1", 1);
  say_priority("priority of process 1", 1, own);
  disturb_other("affinity of parent", "scheduler of parent", getppid());
  say_priority("priority of parent", getppid(), own);
  return 0;
}

/* signals PID: may we signal it? Signal 0 is none. */
static int probe_signals(int argc, char **argv) {
  pid_t pid = (pid_t)parse_number(argument(argc, argv, 0, "1"));
  /* A siginfo_t with si_code SI_QUEUE: others are for the kernel alone. */
  int32_t queued[32] = {0, 0, -1};
  say_call("kill", syscall(SYS_kill, pid, 0));
  say_call("tgkill", syscall(SYS_tgkill, pid, pid, 0));
  say_call("rt_sigqueueinfo", syscall(SYS_rt_sigqueueinfo, pid, 0, queued));
  int handle = (int)say_call("pidfd_open", syscall(SYS_pidfd_open, pid, 0));
  if (handle >= 0) say_call("pidfd_send_signal", syscall(SYS_pidfd_send_signal, handle, 0, NULL, 0));
  return 0;
}

const struct probe process_probes[] = {
    {"fds", probe_fds},
    {"leak", probe_leak},
    {"steal", probe_steal},
    {"attach", probe_attach},
    {"limits", probe_limits},
    {"unlimit", probe_unlimit},
    {"realtime", probe_realtime},
    {"disturb", probe_disturb},
    {"signals", probe_signals},
    {NULL, NULL},
};
