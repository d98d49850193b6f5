/* The exporter over a real tree, and what its filter leaves it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../exporter.h"
#include "tap.h"

static int supervisor;
static int root;

static void make_file(const char *path, const char *text) {
  int fd = openat(root, path, O_WRONLY | O_CREAT | O_EXCL, 0640);
  if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text)) abort();
  close(fd);
}

static void make_tree(char *directory) {
  if (mkdtemp(directory) == NULL) abort();
  root = open(directory, O_RDONLY | O_DIRECTORY);
  make_file("file", "content");
  if (mkdirat(root, "a", 0700) != 0 || mkdirat(root, "a/b", 0700) != 0) abort();
  make_file("a/inner", "x");
  make_file("a/b/deep", "y");
  if (symlinkat("/etc/passwd", root, "link") != 0 || symlinkat("a", root, "dir") != 0) abort();
  if (mknodat(root, "fifo", S_IFIFO | 0600, 0) != 0) abort();
  make_file("one", "z");
  if (linkat(root, "one", root, "two", 0) != 0) abort();
}

static struct {
  struct frame frame;
  uint8_t data[CONTENT_MAX];
} got;

static bool receive(void) {
  if (frame_read_header(supervisor, &got.frame) != 1 || got.frame.length > sizeof got.data) return false;
  return got.frame.length == 0 || read_exactly(supervisor, got.data, got.frame.length) == 1;
}

/* Reads a whole list; what `path` was said to be, or -1; `*end` is how it ended. */
static int listed_as(const char *path, uint32_t entries, uint32_t depth, int *end) {
  struct export_order order = {.entries = entries, .depth = depth, .time_ns = 1};
  int kind = -1;
  lseek(root, 0, SEEK_SET);
  if (!export_begin(root)) abort();
  if (!export_list(root, &order, UINT64_MAX)) abort();
  while (receive() && got.frame.type == MSG_ENTRY) {
    if (got.frame.length - 13 == strlen(path) && memcmp(got.data + 13, path, strlen(path)) == 0) kind = got.data[0];
  }
  *end = got.frame.type == MSG_LISTED ? got.data[0] : -1;
  return kind;
}

static void lists(void) {
  int end;
  check(listed_as("file", 100, 64, &end) == ENTRY_FILE && end == LIST_COMPLETE, "a file, and the end of the list");
  check(listed_as("a/b/deep", 100, 64, &end) == ENTRY_FILE, "a file in directories");
  check(listed_as("link", 100, 64, &end) == ENTRY_SYMLINK, "a link");
  check(listed_as("dir", 100, 64, &end) == ENTRY_SYMLINK, "a link to a directory");
  check(listed_as("dir/inner", 100, 64, &end) == -1, "nothing behind it");
  check(listed_as("fifo", 100, 64, &end) == ENTRY_FIFO, "a FIFO");
  check(listed_as("one", 100, 64, &end) == ENTRY_HARD_LINK, "a file of two names");
  check(listed_as("a/b", 100, 1, &end) == ENTRY_TOO_DEEP, "a directory that is too deep");
  listed_as("", 2, 64, &end);
  check(end == LIST_ENTRIES, "too many entries");
}

/* A FETCH of `path`; what CONTENT_END says, -1 when the exporter gives up. */
static int fetched_as(const char *path, uint64_t size, size_t *bytes) {
  uint8_t request[256];
  uint32_t length = (uint32_t)strlen(path);
  struct cursor c;
  for (int i = 0; i < 8; i++) request[i] = (uint8_t)(size >> (8 * i));
  memcpy(request + 8, &length, 4);
  memcpy(request + 12, path, length + 1);
  cursor_init(&c, request, 12 + length + 1);
  if (!export_fetch(root, &c, UINT64_MAX)) return -1;
  for (*bytes = 0; receive() && got.frame.type == MSG_CONTENT;) *bytes += got.frame.length;
  return got.frame.type == MSG_CONTENT_END ? got.data[0] : -2;
}

static void fetches(void) {
  size_t bytes;
  check(fetched_as("file", 7, &bytes) == ENTRY_FILE && bytes == 7, "a file of the size that was listed");
  check(fetched_as("a/b/deep", 1, &bytes) == ENTRY_FILE && bytes == 1, "one in directories");
  check(fetched_as("file", 3, &bytes) == ENTRY_CHANGED && bytes == 3, "a file that has grown is cut, and that is said");
  check(fetched_as("file", 9, &bytes) == ENTRY_CHANGED && bytes == 7, "one that has shrunk");
  check(fetched_as("link", 7, &bytes) == ENTRY_UNREADABLE && bytes == 0, "a link is not opened");
  check(fetched_as("dir/inner", 1, &bytes) == ENTRY_UNREADABLE && bytes == 0, "nor anything behind one");
  check(fetched_as("fifo", 1, &bytes) == ENTRY_FIFO && bytes == 0, "a FIFO is not waited for");
  check(fetched_as("one", 1, &bytes) == ENTRY_HARD_LINK && bytes == 0, "a file of two names is not read");
  check(fetched_as("none", 1, &bytes) == ENTRY_UNREADABLE, "a file that is not there");
  check(fetched_as("../etc/passwd", 1, &bytes) == -1, "a path that leads out ends it");
  check(fetched_as("/etc/passwd", 1, &bytes) == -1, "an absolute path too");
}

/* The signal that ends a child that is confined and then makes the call; 0 when it is allowed. */
static int confined(long number, long first, long second, long third) {
  pid_t child = fork();
  if (child == 0) {
    if (syscall(SYS_prctl, 38 /* PR_SET_NO_NEW_PRIVS */, 1, 0, 0, 0) != 0 || exporter_confine() != 0) _exit(1);
    syscall(number, first, second, third, 0, 0, 0);
    syscall(SYS_exit_group, 0);
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child || (WIFEXITED(status) && WEXITSTATUS(status) != 0)) return -1;
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* User emulation has no seccomp(2); there the filter of the other architecture is only compiled. */
static bool can_confine(void) {
  uint32_t action = 0x7fff0000U; /* SECCOMP_RET_ALLOW */
  return syscall(SYS_seccomp, 2 /* SECCOMP_GET_ACTION_AVAIL */, 0, &action) == 0;
}

static void filter(void) {
  if (!can_confine()) {
    printf("ok %d - the filter # SKIP no seccomp here\n", ++tap_count);
    return;
  }
  long path = (long)"/";
  check(confined(SYS_openat, AT_FDCWD, path, O_RDONLY | O_DIRECTORY) == 0, "confined: reading is allowed");
  check(confined(SYS_openat, AT_FDCWD, path, O_WRONLY) == SIGSYS, "writing is not");
  check(confined(SYS_openat, AT_FDCWD, path, O_RDWR) == SIGSYS, "nor both");
  check(confined(SYS_openat, AT_FDCWD, path, O_CREAT) == SIGSYS, "nor creating");
  check(confined(SYS_sendto, FD_CONTROL, path, 0) == 0, "sending to the supervisor is allowed");
  check(confined(SYS_sendto, FD_CONTROL + 1, path, 0) == SIGSYS, "sending elsewhere is not");
  check(confined(SYS_write, STDOUT_FILENO, path, 0) == SIGSYS, "nor writing");
  check(confined(SYS_socket, AF_INET, SOCK_STREAM, 0) == SIGSYS, "nor a socket");
  check(confined(SYS_kill, 0, 0, 0) == SIGSYS, "nor a signal");
  check(confined(SYS_execve, path, 0, 0) == SIGSYS, "nor another program");
  check(confined(SYS_mmap, 0, 4096, 0) == SIGSYS, "nor memory");
}

int main(void) {
  char directory[] = "/tmp/warder-exporter-XXXXXX";
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) abort();
  supervisor = fcntl(ends[0], F_DUPFD, 30);
  if (supervisor < 0 || dup2(ends[1], FD_CONTROL) != FD_CONTROL) abort();
  make_tree(directory);
  int moved = fcntl(root, F_DUPFD, 20);
  close(root);
  root = moved;
  lists();
  fetches();
  filter();
  char command[64];
  snprintf(command, sizeof command, "rm -rf %s", directory);
  if (system(command) != 0) abort();
  return tap_end();
}
