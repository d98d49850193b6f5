/*
 * Files that the supervisor sends into the workspace before the program starts. Nothing hostile has run yet;
 * the walk still never follows a link and never leaves the directory, so that it stays right when a jail is
 * reused or prepared ahead.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init.h"

static struct {
  int fd;
  uint64_t left;
  uint32_t index;
  bool open;
} current = {.fd = -1};

bool file_pending(void) { return current.open; }

static int open_beneath(int dir, const char *path, int flags, mode_t mode) {
  struct open_how how = {
      .flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
      .mode = mode,
      .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
  };
  return (int)syscall(SYS_openat2, dir, path, &how, sizeof how);
}

/* The directory that `path` lies in, made if need be; `*name` becomes the last component. */
static int open_parent(char *path, char **name) {
  int dir = open(WORKSPACE, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (dir < 0) fail(STEP_FILE, current.index, errno);
  char *rest = path;
  for (char *slash = strchr(rest, '/'); slash != NULL; slash = strchr(rest, '/')) {
    *slash = 0;
    if (mkdirat(dir, rest, 0755) != 0 && errno != EEXIST) fail(STEP_FILE, current.index, errno);
    int next = open_beneath(dir, rest, O_PATH | O_DIRECTORY, 0);
    if (next < 0) fail(STEP_FILE, current.index, errno);
    close(dir);
    dir = next;
    rest = slash + 1;
  }
  *name = rest;
  return dir;
}

bool is_plain_path(const char *path) {
  size_t length = strlen(path);
  if (length == 0 || length >= PATH_MAX) return false;
  for (const char *at = path;; at++) {
    size_t part = strcspn(at, "/");
    if (part == 0 || (part == 1 && at[0] == '.') || (part == 2 && at[0] == '.' && at[1] == '.')) return false;
    at += part;
    if (*at == 0) return true;
  }
}

static void file_end(void) {
  if (close(current.fd) != 0) fail(STEP_FILE, current.index, errno);
  current.open = false;
  current.index++;
}

void file_begin(struct cursor *c) {
  mode_t mode = cursor_u32(c) & 0777;
  current.left = cursor_u64(c);
  char *path = cursor_string(c);
  if (!cursor_finished(c) || path == NULL || !is_plain_path(path)) fail(STEP_FILE, current.index, EINVAL);
  char *name;
  int dir = open_parent(path, &name);
  current.fd = open_beneath(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  if (current.fd < 0 || fchmod(current.fd, mode) != 0) fail(STEP_FILE, current.index, errno);
  close(dir);
  current.open = true;
  if (current.left == 0) file_end();
}

void file_data(const uint8_t *data, size_t length) {
  if (!current.open || length > current.left) fail(STEP_PROTOCOL, 20, EPROTO);
  for (size_t done = 0; done < length;) {
    ssize_t written = write(current.fd, data + done, length - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail(STEP_FILE, current.index, written == 0 ? EIO : errno);
    done += (size_t)written;
  }
  current.left -= length;
  if (current.left == 0) file_end();
}
