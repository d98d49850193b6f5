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
/* Nobody on any host, we hope; the file that is executed lies in a directory that it cannot enter. */
#define OTHER_UID 64321
#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif

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

/* chroot PATH: the old way out, a root below the directory that one stands in; then PATH, as seen from outside of it. */
static int probe_chroot(int argc, char **argv) {
  int here = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (say_call("chroot", syscall(SYS_chroot, "/proc")) != 0) return 0;
  syscall(SYS_fchdir, here);
  for (int step = 0; step < CLIMB_STEPS; step++) syscall(SYS_chdir, "..");
  say_call("canary", syscall(SYS_faccessat, AT_FDCWD, argument(argc, argv, 0, "nothing"), 0));
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

static bool copy_self(int to) {
  int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  char buffer[4096];
  ssize_t got = 0;
  while ((got = read(from, buffer, sizeof buffer)) > 0) {
    if (write(to, buffer, (size_t)got) != got) break;
  }
  close(from);
  return got == 0;
}

/* In the child: an ordinary uid where that can be had, then the set-user-ID file, by its path or by its descriptor. */
static void become_owner(const char *path, int file) {
  char *words[] = {(char *)path, (char *)"inline", (char *)"ids", NULL};
  char *none[] = {NULL};
  say_call("setresuid", syscall(SYS_setresuid, OTHER_UID, OTHER_UID, OTHER_UID));
  say_call("execve", execve(path, words, none));
  say_call("execveat", syscall(SYS_execveat, file, "", words, none, AT_EMPTY_PATH));
}

/*
 * suid DIR: a set-user-ID copy of this program, owned by root where we are root, executed by another uid. In a directory that
 * nobody else can enter, so that on a host it is of no use to others for the moment that it exists.
 */
static int probe_suid(int argc, char **argv) {
  say_call("chdir", syscall(SYS_chdir, argument(argc, argv, 0, "/tmp")));
  say_call("mkdir", syscall(SYS_mkdirat, AT_FDCWD, ".warder-suid", 0700));
  const char *path = ".warder-suid/probe";
  int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
  say_call("create", to);
  if (to >= 0 && copy_self(to)) {
    say_call("chmod", syscall(SYS_fchmod, to, 06755));
    close(to);
    int file = open(path, O_PATH | O_CLOEXEC);
    pid_t child = fork();
    if (child == 0) {
      become_owner(path, file);
      _exit(0);
    }
    say_call("fork", child);
    if (child > 0) syscall(SYS_wait4, child, NULL, 0, NULL);
  }
  syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  syscall(SYS_unlinkat, AT_FDCWD, ".warder-suid", AT_REMOVEDIR);
  return 0;
}

/* filecaps DIR: a file with cap_setuid and cap_net_raw; removed, never executed. */
static int probe_filecaps(int argc, char **argv) {
  say_call("chdir", syscall(SYS_chdir, argument(argc, argv, 0, "/tmp")));
  int file = open(".warder-caps", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
  say_call("create", file);
  /* struct vfs_cap_data: VFS_CAP_REVISION_2 with the effective bit, then permitted and inheritable, twice. */
  const uint32_t value[5] = {0x02000001, 1U << 7 | 1U << 13, 0, 0, 0};
  say_call("fsetxattr", syscall(SYS_fsetxattr, file, "security.capability", value, sizeof value, 0));
  syscall(SYS_unlinkat, AT_FDCWD, ".warder-caps", 0);
  return 0;
}

const struct probe files_probes[] = {
    {"climb", probe_climb}, {"chroot", probe_chroot},     {"handle", probe_handle},
    {"suid", probe_suid},   {"filecaps", probe_filecaps}, {NULL, NULL},
};
