/* Probes that most attacks are made of: a raw system call, files, directories, sockets of one's own. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "probe.h"

#define READ_MAX_BYTES (16 * 1024)
#define PIECE_BYTES 1024

static char scratch[6][4096] __attribute__((aligned(4096)));

/*
 * An argument of a raw call: a number; `s:TEXT`, a pointer to a string; `z:`, a pointer to a page of zeros; `w:N,N…`, one
 * to words of 64 bits; `i:N,N…`, to words of 32 bits.
 */
static unsigned long word_of(char *text, char *page) {
  if (text[0] == 0 || text[1] != ':') return parse_number(text);
  if (text[0] == 's') return (unsigned long)(uintptr_t)(text + 2);
  size_t width = text[0] == 'i' ? sizeof(uint32_t) : sizeof(uint64_t);
  size_t offset = 0;
  for (char *at = text + 2; *at != 0 && offset + width <= sizeof scratch[0];) {
    uint64_t number = parse_number(at);
    memcpy(page + offset, &number, width);
    offset += width;
    at += strcspn(at, ",");
    if (*at == ',') at++;
  }
  return (unsigned long)(uintptr_t)page;
}

/* sys NAME NUMBER ARGS…: a raw call, printed under NAME. */
static int probe_sys(int argc, char **argv) {
  if (argc < 2) return 64;
  unsigned long words[6] = {0};
  for (int i = 0; i < 6 && i + 2 < argc; i++) words[i] = word_of(argv[i + 2], scratch[i]);
  long number = (long)parse_number(argv[1]);
  long self = syscall(SYS_getpid);
  long returned = syscall(number, words[0], words[1], words[2], words[3], words[4], words[5]);
  /* A call that makes a process returns in both; what the new one says would stand among the answers of the next call. */
  if (returned == 0 && syscall(SYS_getpid) != self) _exit(0);
  say_call(argv[0], returned);
  return 0;
}

static int flags_of(const char *letters) {
  int flags = O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  bool reads = strchr(letters, 'r') != NULL;
  bool writes = strchr(letters, 'w') != NULL;
  flags |= reads && writes ? O_RDWR : writes ? O_WRONLY : O_RDONLY;
  if (strchr(letters, 'd') != NULL) flags |= O_DIRECTORY;
  if (strchr(letters, 'p') != NULL) flags |= O_PATH;
  if (strchr(letters, 'n') != NULL) flags |= O_NOFOLLOW;
  if (strchr(letters, 'c') != NULL) flags |= O_CREAT | O_EXCL;
  if (strchr(letters, 't') != NULL) flags |= O_TMPFILE;
  return flags;
}

/*
 * open LETTERS PATHS…: opens and closes, writes nothing. r w d(irectory) p(ath) n(ofollow) c(reate, new, then removed)
 * t(emporary file in a directory, without a name: what would be made there, and changes nothing).
 */
static int probe_open(int argc, char **argv) {
  const char *letters = argument(argc, argv, 0, "r");
  for (int i = 1; i < argc; i++) {
    int fd = open(argv[i], flags_of(letters), 0600);
    say_call(argv[i], fd);
    if (fd < 0) continue;
    close(fd);
    if (strchr(letters, 'c') != NULL) syscall(SYS_unlinkat, AT_FDCWD, argv[i], 0);
  }
  return 0;
}

static void read_file(const char *path, size_t limit) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  say_call(path, fd);
  if (fd < 0) return;
  char piece[PIECE_BYTES];
  while (limit > 0) {
    ssize_t got = read(fd, piece, limit < sizeof piece ? limit : sizeof piece);
    if (got < 0) say_call("read", got);
    if (got <= 0) break;
    say_bytes("data", piece, (size_t)got);
    limit -= (size_t)got;
  }
  close(fd);
}

/* read PATHS…: opens, and prints the content as `data` lines. */
static int probe_read(int argc, char **argv) {
  for (int i = 0; i < argc; i++) read_file(argv[i], READ_MAX_BYTES);
  return 0;
}

/* head BYTES PATHS…: the same for the beginning. */
static int probe_head(int argc, char **argv) {
  for (int i = 1; i < argc; i++) read_file(argv[i], parse_number(argv[0]));
  return 0;
}

/* access MODE PATHS…: access(2); asks and touches nothing. 4 read, 2 write, 1 execute. */
static int probe_access(int argc, char **argv) {
  long mode = (long)parse_number(argument(argc, argv, 0, "4"));
  for (int i = 1; i < argc; i++) say_call(argv[i], syscall(SYS_faccessat, AT_FDCWD, argv[i], mode));
  return 0;
}

/* stat PATHS…: device, inode, mode, owner. */
static int probe_stat(int argc, char **argv) {
  for (int i = 0; i < argc; i++) {
    struct stat found;
    if (say_call(argv[i], syscall(SYS_newfstatat, AT_FDCWD, argv[i], &found, 0)) != 0) continue;
    say_number("dev", (long)found.st_dev);
    say_number("ino", (long)found.st_ino);
    say_number("mode", (long)found.st_mode);
    say_number("uid", (long)found.st_uid);
  }
  return 0;
}

/* link PATHS…: what symbolic links say. */
static int probe_link(int argc, char **argv) {
  for (int i = 0; i < argc; i++) {
    char target[PIECE_BYTES];
    long length = say_call(argv[i], syscall(SYS_readlinkat, AT_FDCWD, argv[i], target, sizeof target));
    if (length >= 0) say_bytes("target", target, (size_t)length);
  }
  return 0;
}

struct entry {
  uint64_t inode;
  int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[];
};

static void list_directory(const char *path) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  say_call(path, fd);
  if (fd < 0) return;
  _Alignas(struct entry) char buffer[4096];
  for (;;) {
    long got = syscall(SYS_getdents64, fd, buffer, sizeof buffer);
    if (got <= 0) break;
    for (long at = 0; at < got;) {
      const struct entry *entry = (const struct entry *)(const void *)(buffer + at);
      at += entry->length;
      if (strcmp(entry->name, ".") != 0 && strcmp(entry->name, "..") != 0) say("entry", entry->name);
    }
  }
  close(fd);
}

/* list DIRS… */
static int probe_list(int argc, char **argv) {
  for (int i = 0; i < argc; i++) list_directory(argv[i]);
  return 0;
}

/* connect PATH: a stream socket; `@NAME` is an abstract address, as it is and as Node.js fills it up. */
static int probe_connect(int argc, char **argv) {
  for (int i = 0; i < argc; i++) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(argv[i]);
    if (length >= sizeof address.sun_path) return 64;
    memcpy(address.sun_path, argv[i], length);
    if (argv[i][0] == '@') address.sun_path[0] = 0;
    long fd = syscall(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
      say_call(argv[i], fd);
      continue;
    }
    long answer = syscall(SYS_connect, fd, &address, offsetof(struct sockaddr_un, sun_path) + length);
    /* Node.js fills an abstract address up with NULs, which are part of it (unix(7)). */
    if (answer != 0 && argv[i][0] == '@') answer = syscall(SYS_connect, fd, &address, sizeof address);
    say_call(argv[i], answer);
    close((int)fd);
  }
  return 0;
}

/* ids: who we are. */
static int probe_ids(int argc, char **argv) {
  (void)argc;
  (void)argv;
  say_number("uid", syscall(SYS_getuid));
  say_number("euid", syscall(SYS_geteuid));
  say_number("gid", syscall(SYS_getgid));
  say_number("pid", getpid());
  say_number("ppid", getppid());
  return 0;
}

/* pids LAST: signal 0 to every pid up to LAST, `there` for each that exists. */
static int probe_pids(int argc, char **argv) {
  long last = (long)parse_number(argument(argc, argv, 0, "32768"));
  for (long pid = 1; pid <= last; pid++) {
    if (kill((pid_t)pid, 0) == 0 || errno == EPERM) say_number("there", pid);
  }
  return 0;
}

/* exec PATH ARGS…: becomes another program; only a failure returns. */
static int probe_exec(int argc, char **argv) {
  if (argc < 1) return 64;
  char *none[] = {NULL};
  say_call(argv[0], execve(argv[0], argv, none));
  return 0;
}

const struct probe generic_probes[] = {
    {"sys", probe_sys},   {"open", probe_open},       {"read", probe_read}, {"access", probe_access},
    {"stat", probe_stat}, {"link", probe_link},   {"list", probe_list},       {"ids", probe_ids},   {"connect", probe_connect},
    {"exec", probe_exec}, {"pids", probe_pids},   {"head", probe_head}, {NULL, NULL},
};
