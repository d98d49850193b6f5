/* Control groups: the files of the group that one is in, and of those above it. Opened for writing, never written. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"

#define PATH_BYTES 512

struct path {
  char text[PATH_BYTES];
  size_t length;
};

static void add(struct path *path, const char *text, size_t length) {
  if (path->length + length >= PATH_BYTES) return;
  memcpy(path->text + path->length, text, length);
  path->length += length;
  path->text[path->length] = 0;
}

static void add_text(struct path *path, const char *text) { add(path, text, strlen(text)); }

static void try_files(const struct path *directory, int argc, char **argv) {
  for (int i = 0; i < argc; i++) {
    struct path file = *directory;
    add_text(&file, "/");
    add_text(&file, argv[i]);
    int fd = open(file.text, O_WRONLY | O_CLOEXEC);
    say_call(file.text, fd);
    if (fd >= 0) close(fd);
  }
}

/* Of one hierarchy: the group, and each above it up to the mount point. */
static void try_groups(const char *mount, size_t mount_length, const char *group, size_t length, int argc, char **argv) {
  for (;;) {
    struct path directory = {.length = 0};
    add_text(&directory, "/sys/fs/cgroup");
    if (mount_length > 0) add_text(&directory, "/");
    add(&directory, mount, mount_length);
    while (length > 0 && group[length - 1] == '/') length--;
    add(&directory, group, length);
    try_files(&directory, argc, argv);
    if (length == 0) return;
    while (length > 0 && group[length - 1] != '/') length--;
  }
}

/* `N:CONTROLLERS:/GROUP` of /proc/self/cgroup; the unified hierarchy has no controllers (cgroups(7)). */
static void try_line(const char *line, size_t length, int argc, char **argv) {
  const char *first = memchr(line, ':', length);
  if (first == NULL) return;
  size_t rest = length - (size_t)(first + 1 - line);
  const char *second = memchr(first + 1, ':', rest);
  if (second == NULL) return;
  size_t controllers = (size_t)(second - first) - 1;
  const char *group = second + 1;
  size_t group_length = length - (size_t)(group - line);
  try_groups(first + 1, controllers, group, group_length, argc, argv);
  if (controllers == 0) try_groups("unified", strlen("unified"), group, group_length, argc, argv);
}

/* cgroup-files NAMES… */
static int probe_cgroup_files(int argc, char **argv) {
  char text[4096];
  int fd = open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC);
  say_call("/proc/self/cgroup", fd);
  ssize_t length = fd < 0 ? 0 : read(fd, text, sizeof text);
  for (ssize_t at = 0; at < length;) {
    const char *newline = memchr(text + at, '\n', (size_t)(length - at));
    size_t line = newline == NULL ? (size_t)(length - at) : (size_t)(newline - (text + at));
    try_line(text + at, line, argc, argv);
    at += (ssize_t)line + 1;
  }
  return 0;
}

const struct probe cgroup_probes[] = {{"cgroup-files", probe_cgroup_files}, {NULL, NULL}};
