/* Resources: each asks for more than a policy gives, but never for more than it is told to. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

#define MIB (1024UL * 1024)
#define PAGE_BYTES 4096
#define FLOOD_BYTES (64 * 1024)
#define PIPE_BYTES (1024 * 1024)
#define NAME_DIGITS 10
/* Bytes of the kernel's signal set. */
#define SET_BYTES 8UL

static char block[FLOOD_BYTES];

static void rest(void) {
  for (;;) syscall(SYS_ppoll, NULL, 0UL, NULL, NULL, SET_BYTES);
}

/* spin CHILDREN SECONDS: that many more processes, all busy; at most SECONDS of processor time each. */
static int probe_spin(int argc, char **argv) {
  struct rlimit most = {.rlim_cur = parse_number(argument(argc, argv, 1, "60"))};
  most.rlim_max = most.rlim_cur;
  syscall(SYS_prlimit64, 0, RLIMIT_CPU, &most, NULL);
  for (unsigned long left = parse_number(argument(argc, argv, 0, "0")); left > 0; left--) {
    pid_t child = fork();
    if (child == 0) break;
    if (child < 0) say_call("fork", child);
  }
  for (volatile unsigned long turn = 0;; turn++) continue;
  return 0;
}

/* stay HOW: never ends. pause, stop (stops itself), or deaf (blocks every signal). */
static int probe_stay(int argc, char **argv) {
  const char *how = argument(argc, argv, 0, "pause");
  sigset_t all;
  sigfillset(&all);
  if (strcmp(how, "deaf") == 0) say_call("sigprocmask", sigprocmask(SIG_SETMASK, &all, NULL));
  say("staying", how);
  if (strcmp(how, "stop") == 0) kill(getpid(), SIGSTOP);
  rest();
  return 0;
}

static bool touch(unsigned long bytes, int flags, int fd) {
  long at = syscall(SYS_mmap, NULL, bytes, PROT_READ | PROT_WRITE, flags, fd, 0L);
  if (at == -1) return say_call("mmap", at) == 0;
  volatile char *pages = (volatile char *)at; /* NOLINT(performance-no-int-to-ptr): what mmap(2) returns */
  for (unsigned long i = 0; i < bytes; i += PAGE_BYTES) pages[i] = 1;
  return true;
}

static bool fill(int fd, unsigned long bytes) {
  for (unsigned long done = 0; fd >= 0 && done < bytes; done += sizeof block) {
    ssize_t put = write(fd, block, sizeof block);
    if (put < (ssize_t)sizeof block) {
      say_call("write", put < 0 ? put : -1);
      return false;
    }
  }
  return fd >= 0;
}

static bool eat(const char *kind, unsigned long bytes) {
  if (strcmp(kind, "anon") == 0) return touch(bytes, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  if (strcmp(kind, "shared") == 0) return touch(bytes, MAP_SHARED | MAP_ANONYMOUS, -1);
  int fd = strcmp(kind, "memfd") == 0 ? memfd_create("eat", MFD_CLOEXEC)
                                      : open(kind, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return say_call(kind, fd) >= 0;
  bool filled = fill(fd, bytes);
  /* A file stays open and keeps its pages; without its name it is gone with the process. */
  if (kind[0] == '/') syscall(SYS_unlinkat, AT_FDCWD, kind, 0);
  return filled;
}

/* eat MIB KINDS…: anon, shared, memfd or a file, MIB of each; all are held until the end. */
static int probe_eat(int argc, char **argv) {
  unsigned long bytes = parse_number(argument(argc, argv, 0, "1")) * MIB;
  bool all = true;
  for (int i = 1; i < argc; i++) all = eat(argv[i], bytes) && all;
  say(all ? "held" : "refused", argument(argc, argv, 0, "1"));
  return 0;
}

/* One byte from each of COUNT others. */
static unsigned long hear(int fd, unsigned long count) {
  unsigned long heard = 0;
  char byte = 0;
  while (heard < count && read(fd, &byte, 1) == 1) heard++;
  return heard;
}

/* Holds BYTES, says so, and once more when it is asked: then it is still there. */
static void hold_and_answer(unsigned long bytes, int said, int asked) {
  char byte = 'x';
  /* Ends with the first process, and nobody else has to be looked for. */
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0L, 0L, 0L);
  touch(bytes, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  if (write(said, &byte, 1) == 1 && read(asked, &byte, 1) == 1 && write(said, &byte, 1) == 1) rest();
  _exit(1);
}

/*
 * eaters MIB CHILDREN: each of them holds MIB; the first process waits for them. They have held it together only when all
 * answer after the last one had it: one that the kernel killed meanwhile made room for the others.
 */
static int probe_eaters(int argc, char **argv) {
  unsigned long bytes = parse_number(argument(argc, argv, 0, "1")) * MIB;
  unsigned long children = parse_number(argument(argc, argv, 1, "1"));
  int said[2];
  int asked[2];
  if (say_call("pipe", pipe(said)) != 0 || say_call("pipe", pipe(asked)) != 0) return 0;
  for (unsigned long i = 0; i < children; i++) {
    pid_t child = fork();
    if (child < 0) say_call("fork", child);
    if (child == 0) hold_and_answer(bytes, said[1], asked[0]);
  }
  close(said[1]);
  unsigned long held = hear(said[0], children);
  for (unsigned long i = 0; i < held; i++) {
    if (write(asked[1], "y", 1) != 1) break;
  }
  if (held == children) held = hear(said[0], children);
  say(held == children ? "held" : "refused", argument(argc, argv, 0, "1"));
  return 0;
}

/* pipes COUNT: as many pipes of 1 MiB, filled: memory of the kernel, which no page table of ours shows. */
static int probe_pipes(int argc, char **argv) {
  unsigned long wanted = parse_number(argument(argc, argv, 0, "1"));
  unsigned long filled = 0;
  for (unsigned long made = 0; made < wanted; made++) {
    int ends[2];
    long made_one = syscall(SYS_pipe2, ends, O_NONBLOCK | O_CLOEXEC);
    if (made_one != 0) {
      say_call("pipe2", made_one);
      break;
    }
    long size = fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES);
    if (size < 0 && made == 0) say_call("F_SETPIPE_SZ", size);
    ssize_t put = 0;
    while ((put = write(ends[1], block, sizeof block)) > 0) filled += (unsigned long)put;
  }
  say_number("bytes", (long)filled);
  say(filled >= wanted * PIPE_BYTES ? "held" : "refused", "pipes");
  return 0;
}

/* forks MOST: until it is refused; then all of them are ended. A child ends by itself when its parent has. */
static int probe_forks(int argc, char **argv) {
  unsigned long most = parse_number(argument(argc, argv, 0, "1"));
  static pid_t children[256];
  unsigned long made = 0;
  long last = 0;
  while (made < most && made < sizeof children / sizeof *children) {
    pid_t child = fork();
    if (child == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL, 0L, 0L, 0L);
      rest();
    }
    last = child;
    if (child < 0) break;
    children[made++] = child;
  }
  say_call("fork", last < 0 ? last : 0);
  say_number("made", (long)made);
  for (unsigned long i = 0; i < made; i++) kill(children[i], SIGKILL);
  for (unsigned long i = 0; i < made; i++) waitpid(children[i], NULL, 0);
  return 0;
}

/* descriptors MOST: opened, after an attempt to raise the limit, until it is refused. */
static int probe_descriptors(int argc, char **argv) {
  unsigned long most = parse_number(argument(argc, argv, 0, "1"));
  struct rlimit limit = {0};
  syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, &limit);
  limit.rlim_cur = limit.rlim_max;
  syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &limit, NULL);
  long last = 0;
  unsigned long made = 0;
  for (; made < most && last >= 0; made++) last = open("/dev/null", O_RDONLY | O_CLOEXEC);
  int error = errno;
  int ends[2];
  long more = last < 0 ? pipe(ends) : 0;
  int more_error = errno;
  /* To have some for the answers is not needed: standard output is open. */
  errno = error;
  say_call("open", last < 0 ? last : 0);
  errno = more_error;
  say_call("pipe", more);
  say_number("made", (long)made);
  return 0;
}

/* large DIR BYTES: files of more than BYTES, by every way to make one; sparse, so that they hold nothing. */
static int probe_large(int argc, char **argv) {
  unsigned long bytes = parse_number(argument(argc, argv, 1, "1"));
  struct {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)(void);
    unsigned long mask;
  } ignore = {.handler = SIG_IGN};
  syscall(SYS_rt_sigaction, SIGXFSZ, &ignore, NULL, SET_BYTES);
  if (say_call("chdir", chdir(argument(argc, argv, 0, "/tmp"))) != 0) return 0;
  int fd = open(".warder-large", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (say_call("create", fd) < 0) return 0;
  say_call("ftruncate", syscall(SYS_ftruncate, fd, bytes + 1));
  say_call("pwrite", syscall(SYS_pwrite64, fd, "x", 1UL, bytes));
  say_call("fallocate", syscall(SYS_fallocate, fd, 0, bytes, 1UL));
  lseek(fd, (off_t)bytes, SEEK_SET);
  say_call("write", write(fd, "x", 1));
  syscall(SYS_unlinkat, AT_FDCWD, ".warder-large", 0);
  return 0;
}

static void name_inode(char *name, unsigned long number) {
  name[0] = 'i';
  for (int at = NAME_DIGITS; at > 0; at--, number /= 10) name[at] = (char)('0' + number % 10);
  name[NAME_DIGITS + 1] = 0;
}

/* inodes DIR MOST: that many empty files in a directory of its own below DIR, or until it is refused; then none. */
static int probe_inodes(int argc, char **argv) {
  unsigned long most = parse_number(argument(argc, argv, 1, "1"));
  if (argc < 2 || !enter_own(".warder-inodes", 1, argv)) return 0;
  char name[NAME_DIGITS + 2];
  long last = 0;
  unsigned long made = 0;
  for (; made < most && last >= 0; made++) {
    name_inode(name, made);
    last = syscall(SYS_mknodat, AT_FDCWD, name, 0100600UL, 0UL);
  }
  say_call("mknodat", last < 0 ? last : 0);
  say_number("made", (long)made);
  say(last < 0 ? "refused" : "held", "inodes");
  while (made > 0) {
    name_inode(name, --made);
    syscall(SYS_unlinkat, AT_FDCWD, name, 0);
  }
  leave_own(".warder-inodes");
  return 0;
}

/* flood FDS MIB: so many without a newline, to the descriptors whose digits FDS has, in turn. */
static int probe_flood(int argc, char **argv) {
  const char *fds = argument(argc, argv, 0, "1");
  unsigned long left = parse_number(argument(argc, argv, 1, "1")) * MIB;
  memset(block, 'f', sizeof block);
  for (size_t turn = 0; left > 0; turn++) {
    ssize_t put = write(fds[turn % strlen(fds)] - '0', block, sizeof block);
    if (put < 0) break;
    left -= (unsigned long)put < left ? (unsigned long)put : left;
  }
  say(left == 0 ? "held" : "refused", "flood");
  return 0;
}

/* full: /dev/full itself, and in place of standard error. */
static int probe_full(int argc, char **argv) {
  (void)argc;
  (void)argv;
  int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
  say_call("open", fd);
  say_call("write", write(fd, "x", 1));
  say_call("dup", dup2(fd, STDERR_FILENO));
  say_call("stderr", write(STDERR_FILENO, "x", 1));
  return 0;
}

const struct probe limits_probes[] = {
    {"spin", probe_spin},     {"stay", probe_stay},   {"eat", probe_eat},     {"eaters", probe_eaters},
    {"pipes", probe_pipes},   {"forks", probe_forks}, {"descriptors", probe_descriptors},
    {"large", probe_large},   {"inodes", probe_inodes}, {"flood", probe_flood},
    {"full", probe_full},     {NULL, NULL},
};
