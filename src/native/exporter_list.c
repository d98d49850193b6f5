/* The exporter's walk (exporter.c): every entry beneath the workspace is told, directories that can be entered are. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "exporter.h"
#include "modes.h"

#define ENTRY_FIXED_BYTES (1 + 4 + 8)
_Static_assert(HEADER_BYTES + ENTRY_FIXED_BYTES + ENTRY_PATH_MAX <= OUT_BYTES, "an ENTRY does not fit");

/* getdents64(2); its header is not among the C library's. */
struct entry64 {
  uint64_t inode;
  int64_t offset;
  uint16_t length;
  uint8_t type;
  char name[];
};

struct level {
  int fd;
  size_t length;
  size_t offset;
  size_t path_length; /* of the directory's own path, with the slash behind it */
};

static struct {
  struct level levels[EXPORT_DEPTH_MAX + 1];
  char path[ENTRY_PATH_MAX + 1];
  dev_t device;
  uint64_t deadline_ns;
  uint32_t entries_left;
} walk;

/* As `struct stat` tells it; `walk.path` up to `path_length`. */
static bool send_entry(enum entry_kind kind, const struct stat *about, size_t path_length) {
  if (!out_begin(MSG_ENTRY, ENTRY_FIXED_BYTES + path_length)) return false;
  out_integer(kind, 1);
  out_integer(about->st_mode & 07777, 4);
  out_integer((uint64_t)about->st_size, 8);
  out_bytes(walk.path, path_length);
  return true;
}

static bool send_listed(enum list_end end) {
  if (!out_begin(MSG_LISTED, 1)) return false;
  out_integer(end, 1);
  return out_flush();
}

/* Where a kernel or a sandbox has no openat2(2), O_NOFOLLOW does for a single component. */
int open_component(int dir, const char *name, int flags) {
  struct open_how how = {
      .flags = (uint64_t)(unsigned)(flags | O_NOFOLLOW | O_CLOEXEC),
      .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
  };
  int fd = (int)syscall(SYS_openat2, dir, name, &how, sizeof how);
  if (fd >= 0 || errno != ENOSYS) return fd;
  return (int)syscall(SYS_openat, dir, name, flags | O_NOFOLLOW | O_CLOEXEC, 0);
}

enum entry_kind kind_of(const struct stat *about) {
  if (about->st_dev != walk.device) return ENTRY_MOUNT;
  switch (about->st_mode & S_IFMT) {
    case S_IFREG:
      return about->st_nlink == 1 ? ENTRY_FILE : ENTRY_HARD_LINK;
    case S_IFLNK:
      return ENTRY_SYMLINK;
    case S_IFIFO:
      return ENTRY_FIFO;
    case S_IFSOCK:
      return ENTRY_SOCKET;
    default:
      return ENTRY_DEVICE;
  }
}

static bool is_dots(const char *name) { return strcmp(name, ".") == 0 || strcmp(name, "..") == 0; }

/* The next name of a directory, in place; NULL at its end or where it cannot be read. */
static const char *next_name(struct level *l, size_t depth) {
  uint8_t *listing = payload + depth * LISTING_BYTES;
  if (l->offset >= l->length) {
    long got = syscall(SYS_getdents64, l->fd, listing, LISTING_BYTES);
    if (got <= 0) return NULL;
    l->length = (size_t)got;
    l->offset = 0;
  }
  const struct entry64 *entry = (const struct entry64 *)(const void *)(listing + l->offset);
  l->offset += entry->length;
  return entry->name;
}

/* `walk.path` becomes that of `name` in the directory; its length, 0 when it does not fit. */
static size_t make_path(const struct level *l, const char *name) {
  size_t length = strlen(name);
  if (l->path_length + length > ENTRY_PATH_MAX) return 0;
  memcpy(walk.path + l->path_length, name, length);
  return l->path_length + length;
}

/* Makes the directory `name` of level `depth` the next level. A negative errno when that cannot be. */
static int descend(size_t depth, const char *name, size_t path_length) {
  int fd = open_component(walk.levels[depth].fd, name, O_RDONLY | O_DIRECTORY);
  if (fd < 0) return -errno;
  walk.path[path_length] = '/';
  walk.levels[depth + 1] = (struct level){.fd = fd, .path_length = path_length + 1};
  return 0;
}

/* A path that does not fit is told by that of its directory. */
static bool send_too_long(const struct level *l) {
  struct stat none = {.st_mode = 0};
  return send_entry(ENTRY_PATH_TOO_LONG, &none, l->path_length > 0 ? l->path_length - 1 : 0);
}

/* One entry of level `*depth`; a directory that can be entered is the level then. False when the supervisor is gone. */
static bool visit(size_t *depth, size_t max_depth, const char *name) {
  struct level *l = &walk.levels[*depth];
  size_t path_length = make_path(l, name);
  if (path_length == 0) return send_too_long(l);
  struct stat about;
  memset(&about, 0, sizeof about);
  if (fstatat(l->fd, name, &about, AT_SYMLINK_NOFOLLOW) != 0) return send_entry(ENTRY_UNREADABLE, &about, path_length);
  if (!S_ISDIR(about.st_mode) || about.st_dev != walk.device) return send_entry(kind_of(&about), &about, path_length);
  if (*depth >= max_depth) return send_entry(ENTRY_TOO_DEEP, &about, path_length);
  if (path_length >= ENTRY_PATH_MAX) return send_entry(ENTRY_PATH_TOO_LONG, &about, path_length);
  if (descend(*depth, name, path_length) != 0) return send_entry(ENTRY_UNREADABLE, &about, path_length);
  ++*depth;
  return true;
}

static bool list_levels(size_t max_depth) {
  for (size_t depth = 0;;) {
    struct level *l = &walk.levels[depth];
    const char *name = next_name(l, depth);
    if (name == NULL) {
      if (depth == 0) return send_listed(LIST_COMPLETE);
      close(l->fd);
      depth--;
      continue;
    }
    if (is_dots(name)) continue;
    if (walk.entries_left == 0) return send_listed(LIST_ENTRIES);
    walk.entries_left--;
    if (monotonic_ns() >= walk.deadline_ns) return send_listed(LIST_TIME);
    if (!visit(&depth, max_depth, name)) return false;
  }
}

bool export_begin(int root) {
  struct stat about;
  memset(&walk, 0, sizeof walk);
  if (fstat(root, &about) != 0) return false;
  walk.device = about.st_dev;
  return true;
}

bool export_list_nothing(void) {
  struct stat none = {.st_mode = 0};
  return send_entry(ENTRY_UNREADABLE, &none, 0) && send_listed(LIST_COMPLETE);
}

bool export_list(int root, const struct export_order *order, uint64_t deadline_ns) {
  walk.deadline_ns = deadline_ns;
  walk.entries_left = order->entries;
  walk.levels[0] = (struct level){.fd = root};
  return list_levels(order->depth < EXPORT_DEPTH_MAX ? order->depth : EXPORT_DEPTH_MAX);
}
