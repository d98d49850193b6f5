/* File system: what takes several calls in one process. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"

#define CLIMB_STEPS 64

static void say_inode(const char *key, int dir, const char *path) {
  struct stat found;
  if (syscall(SYS_newfstatat, dir, path, &found, 0) != 0) return;
  say_number(key, (long)found.st_ino);
}

/* climb DIR: as many steps up from DIR as it takes, and where that ends. */
static int probe_climb(int argc, char **argv) {
  int dir = open(argument(argc, argv, 0, "."), O_PATH | O_DIRECTORY | O_CLOEXEC);
  say_call("start", dir);
  for (int step = 0; step < CLIMB_STEPS && dir >= 0; step++) {
    int up = (int)syscall(SYS_openat, dir, "..", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
    if (up < 0) break;
    close(dir);
    dir = up;
  }
  say_inode("top", dir, ".");
  say_inode("root", AT_FDCWD, "/");
  say_call(argument(argc, argv, 1, "above"), syscall(SYS_faccessat, dir, argument(argc, argv, 2, "nothing"), 0));
  return 0;
}

/* chroot DIR CANARY: the old way out: a root below the directory that one stands in. */
static int probe_chroot(int argc, char **argv) {
  const char *base = argument(argc, argv, 0, "/tmp");
  say_call("chdir", syscall(SYS_chdir, base));
  syscall(SYS_mkdirat, AT_FDCWD, ".probe-root", 0700);
  int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  long jailed = say_call("chroot", syscall(SYS_chroot, ".probe-root"));
  if (jailed == 0) {
    syscall(SYS_fchdir, here);
    for (int step = 0; step < CLIMB_STEPS; step++) syscall(SYS_chdir, "..");
    say_call("canary", syscall(SYS_faccessat, AT_FDCWD, argument(argc, argv, 1, "nothing"), 0));
  }
  syscall(SYS_unlinkat, here, ".probe-root", AT_REMOVEDIR);
  return 0;
}

struct handle {
  uint32_t bytes;
  int32_t type;
  unsigned char data[128];
};

/* handle PATH: a file handle of PATH, and the file by it. Nothing is read. */
static int probe_handle(int argc, char **argv) {
  const char *path = argument(argc, argv, 0, "/");
  struct handle handle = {.bytes = sizeof handle.data};
  int mount = 0;
  say_call("name_to_handle_at", syscall(SYS_name_to_handle_at, AT_FDCWD, path, &handle, &mount, 0));
  int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  say_call("open_by_handle_at", syscall(SYS_open_by_handle_at, dir, &handle, O_PATH));
  return 0;
}

/* copy FROM TO MODE: a copy of an own file with these bits, in octal as decimal digits of the argument. */
static int probe_suid(int argc, char **argv) {
  const char *path = argument(argc, argv, 0, "/tmp/.probe-suid");
  int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
  int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  say_call("create", to);
  say_call("self", from);
  if (to < 0 || from < 0) return 0;
  char buffer[4096];
  ssize_t got = 0;
  while ((got = read(from, buffer, sizeof buffer)) > 0) {
    if (write(to, buffer, (size_t)got) != got) break;
  }
  say_call("chown", syscall(SYS_fchown, to, 0, 0));
  say_call("chmod", syscall(SYS_fchmod, to, 06755));
  close(to);
  close(from);
  pid_t child = fork();
  if (child == 0) {
    char *words[] = {(char *)path, (char *)"inline", (char *)"ids", NULL};
    char *none[] = {NULL};
    say_call("exec", execve(path, words, none));
    _exit(1);
  }
  say_call("fork", child);
  long reaped = child < 0 ? -1 : syscall(SYS_wait4, child, NULL, 0, NULL);
  syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  return reaped == child ? 0 : 1;
}

const struct probe files_probes[] = {
    {"climb", probe_climb}, {"chroot", probe_chroot}, {"handle", probe_handle}, {"suid", probe_suid}, {NULL, NULL},
};
