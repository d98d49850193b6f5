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
/* Nobody on any host, we hope; the file that is executed lies in a directory that neither can enter. */
#define OTHER_UID 64321
#define OWNER_UID 64322
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

/* Root's must never be the file that gives its rights away, not for a moment: it gets another owner before the bits. */
static bool give_bits(int file) {
  if (syscall(SYS_geteuid) == 0 && say_call("chown", syscall(SYS_fchown, file, OWNER_UID, OWNER_UID)) != 0) return false;
  return say_call("chmod", syscall(SYS_fchmod, file, 06755)) == 0;
}

/*
 * suid NAME DIRS…: a set-user-ID copy of this program, executed by another uid than its owner's where there is one to be had,
 * in a directory NAME that nobody else can enter.
 */
static int probe_suid(int argc, char **argv) {
  const char *name = argument(argc, argv, 0, "");
  if (!enter_own(name, argc - 1, argv + 1)) return 0;
  int to = open("probe", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
  say_call("create", to);
  bool copied = to >= 0 && copy_self(to) && give_bits(to);
  if (to >= 0) close(to);
  if (copied) {
    int file = open("probe", O_PATH | O_CLOEXEC);
    pid_t child = fork();
    if (child == 0) {
      become_owner("probe", file);
      _exit(0);
    }
    say_call("fork", child);
    if (child > 0) syscall(SYS_wait4, child, NULL, 0, NULL);
  }
  syscall(SYS_unlinkat, AT_FDCWD, "probe", 0);
  leave_own(name);
  return 0;
}

/* filecaps NAME DIRS…: a file with cap_setuid and cap_net_raw, in a directory NAME; removed, never executed. */
static int probe_filecaps(int argc, char **argv) {
  const char *name = argument(argc, argv, 0, "");
  if (!enter_own(name, argc - 1, argv + 1)) return 0;
  int file = open("file", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
  say_call("create", file);
  /* struct vfs_cap_data: VFS_CAP_REVISION_2 with the effective bit, then permitted and inheritable, twice. */
  const uint32_t value[5] = {0x02000001, 1U << 7 | 1U << 13, 0, 0, 0};
  say_call("fsetxattr", syscall(SYS_fsetxattr, file, "security.capability", value, sizeof value, 0));
  syscall(SYS_unlinkat, AT_FDCWD, "file", 0);
  leave_own(name);
  return 0;
}

/* devices NAME DIRS…: 1:3, which is /dev/null, and the block device 7:0, a loop device, in a directory NAME; neither is opened. */
static int probe_devices(int argc, char **argv) {
  const char *name = argument(argc, argv, 0, "");
  if (!enter_own(name, argc - 1, argv + 1)) return 0;
  say_call("character", syscall(SYS_mknodat, AT_FDCWD, "character", S_IFCHR | 0600, 0x103));
  say_call("block", syscall(SYS_mknodat, AT_FDCWD, "block", S_IFBLK | 0600, 0x700));
  syscall(SYS_unlinkat, AT_FDCWD, "character", 0);
  syscall(SYS_unlinkat, AT_FDCWD, "block", 0);
  leave_own(name);
  return 0;
}

const struct probe files_probes[] = {
    {"climb", probe_climb}, {"chroot", probe_chroot},     {"handle", probe_handle},
    {"suid", probe_suid},   {"filecaps", probe_filecaps}, {"devices", probe_devices}, {NULL, NULL},
};
