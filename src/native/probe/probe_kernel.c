/* System call interface: other calling conventions, what cannot be said as one raw call. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"

#if defined(__x86_64__)
/* A negative errno, as the kernel returns it, printed like any other call. */
static void say_raw(const char *name, long returned) {
  if (returned < 0 && returned > -4096) {
    errno = (int)-returned;
    returned = -1;
  }
  say_call(name, returned);
}
#endif

/* int80 NAME NUMBER ARGS…: the entry of 32-bit programs; memory of the arguments would have to lie below 4 GiB. */
static int probe_int80(int argc, char **argv) {
#if defined(__x86_64__)
  if (argc < 2) return 64;
  long result = (long)parse_number(argv[1]);
  unsigned long words[3] = {0};
  for (int i = 0; i < 3 && i + 2 < argc; i++) words[i] = parse_number(argv[i + 2]);
  __asm__ volatile("int $0x80"
                   : "+a"(result)
                   : "b"(words[0]), "c"(words[1]), "d"(words[2])
                   : "memory", "r8", "r9", "r10", "r11");
  say_raw(argv[0], (int)result);
#else
  say("absent", argument(argc, argv, 0, "int80"));
#endif
  return 0;
}

/* filters: a filter that allows everything on top of what is there, and one with a listener. */
static int probe_filters(int argc, char **argv) {
  struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  struct sock_fprog program = {.len = 1, .filter = &allow};
  say_call("no_new_privs", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  say_call("listener", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program));
  say_call("allow_all", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
  /* With everything allowed on top, is what was refused before still refused? */
  long number = (long)parse_number(argument(argc, argv, 0, "-1"));
  say_call("afterwards", syscall(number, -1L, -1L, -1L, -1L, -1L, -1L));
  return 0;
}

/* trace: a child that asks to be traced, which is all that rewriting its calls needs. */
static int probe_trace(int argc, char **argv) {
  (void)argc;
  (void)argv;
  pid_t child = fork();
  if (child == 0) {
    for (;;) syscall(SYS_ppoll, NULL, 0, NULL, NULL, 0);
  }
  say_call("fork", child);
  if (child < 0) return 0;
  say_call("seize", syscall(SYS_ptrace, PTRACE_SEIZE, child, 0, 0));
  kill(child, SIGKILL);
  return 0;
}

/* memory: pages that are writable and executable, at once and one after the other. */
static int probe_memory(int argc, char **argv) {
  (void)argc;
  (void)argv;
  const long all = PROT_READ | PROT_WRITE | PROT_EXEC;
  say_call("mmap_wx", syscall(SYS_mmap, NULL, 4096UL, all, MAP_PRIVATE | MAP_ANONYMOUS, -1L, 0L) == -1 ? -1 : 0);
  long page = syscall(SYS_mmap, NULL, 4096UL, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1L, 0L);
  say_call("mprotect_x", syscall(SYS_mprotect, page, 4096UL, PROT_READ | PROT_EXEC));
  return 0;
}

/* fileless FD_CALL…: a program in memory, executed by its descriptor. */
static int probe_fileless(int argc, char **argv) {
  (void)argc;
  (void)argv;
  int memory = memfd_create("probe", 0);
  say_call("memfd_create", memory);
  int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  char buffer[4096];
  ssize_t got = 0;
  while (memory >= 0 && (got = read(self, buffer, sizeof buffer)) > 0) {
    if (write(memory, buffer, (size_t)got) != got) break;
  }
  char *words[] = {(char *)"probe", (char *)"inline", (char *)"ids", NULL};
  char *none[] = {NULL};
  /* AT_EMPTY_PATH */
  say_call("execveat", syscall(SYS_execveat, memory, "", words, none, 0x1000));
  return 0;
}

const struct probe kernel_probes[] = {
    {"int80", probe_int80},   {"filters", probe_filters},   {"trace", probe_trace},
    {"memory", probe_memory}, {"fileless", probe_fileless}, {NULL, NULL},
};
