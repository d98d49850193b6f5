/*
 * Theory of operation of the exporter.
 *
 * Nobody outside ever walks a tree that the program wrote. When its last process is dead, init forks this one: the
 * program's own uid, no capability, a filter that leaves it nothing but reading files and answering. It lists what is
 * beneath the workspace, and sends the content of those files that the supervisor then asks for.
 *
 *   EXPORT -> ENTRY* LISTED -> (FETCH -> CONTENT* CONTENT_END)* -> EXPORT_END -> exit
 *
 * Nothing can change under it any more, and it is written as if everything could: each component of a path is opened
 * by itself, beneath a directory that is open, without following links and without crossing mounts (openat2(2)); what
 * was opened is looked at again before it is read, and no more is sent than was announced.
 *
 * All memory is `payload`: one piece per level of the directory that is being read, and one for what goes out.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exporter.h"
#include "modes.h"

/* The file at a plain path, which is taken apart in place; -1 where there is none. */
static int open_file(int root, char *path) {
  int dir = root;
  char *rest = path;
  for (char *slash = strchr(rest, '/'); slash != NULL; slash = strchr(rest, '/')) {
    *slash = 0;
    int next = open_component(dir, rest, O_PATH | O_DIRECTORY);
    if (dir != root) close(dir);
    if (next < 0) return -1;
    dir = next;
    rest = slash + 1;
  }
  /* Not to wait for the other end of a FIFO, should there be one now. */
  int fd = open_component(dir, rest, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (dir != root) close(dir);
  return fd;
}

/* At most `size` bytes of the file; how many there were. False when the supervisor is gone. */
static bool send_content(int fd, uint64_t size, uint64_t deadline_ns, uint64_t *sent) {
  for (*sent = 0; *sent < size && monotonic_ns() < deadline_ns;) {
    uint64_t want = size - *sent < CONTENT_MAX ? size - *sent : CONTENT_MAX;
    ssize_t got = read(fd, out_room(), (size_t)want);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return true;
    if (!out_filled(MSG_CONTENT, (size_t)got)) return false;
    *sent += (uint64_t)got;
  }
  return true;
}

static bool send_content_end(enum entry_kind kind, uint32_t mode, uint64_t sent) {
  if (!out_begin(MSG_CONTENT_END, 1 + 4 + 8)) return false;
  out_integer(kind, 1);
  out_integer(mode, 4);
  out_integer(sent, 8);
  return out_flush();
}

/* The size that the ENTRY announced, and its path. */
bool export_fetch(int root, struct cursor *c, uint64_t deadline_ns) {
  uint64_t size = cursor_u64(c);
  char *path = cursor_string(c);
  if (!cursor_finished(c) || path == NULL || !is_plain_path(path)) return false;
  int fd = open_file(root, path);
  if (fd < 0) return send_content_end(ENTRY_UNREADABLE, 0, 0);
  struct stat about;
  uint64_t sent = 0;
  enum entry_kind kind = fstat(fd, &about) == 0 ? kind_of(&about) : ENTRY_UNREADABLE;
  if (kind == ENTRY_FILE) {
    if (!send_content(fd, size, deadline_ns, &sent)) return false;
    if (sent != size || (uint64_t)about.st_size != size) kind = ENTRY_CHANGED;
  }
  close(fd);
  return send_content_end(kind, kind == ENTRY_UNREADABLE ? 0 : about.st_mode & 07777, sent);
}

/* 0 at EXPORT_END; anything else, and init ends the sandbox. */
static int serve(int root, uint64_t deadline_ns) {
  for (;;) {
    struct frame frame;
    if (frame_read_header(FD_CONTROL, &frame) != 1) return 1;
    if (frame.type == MSG_EXPORT_END) return 0;
    if (frame.length > LISTING_BYTES) return 1;
    if (frame.length > 0 && read_exactly(FD_CONTROL, payload, frame.length) != 1) return 1;
    /* Meant for the program, which ended in the meantime. */
    if (frame.type == MSG_KILL || frame.type == MSG_SIGNAL) continue;
    if (frame.type != MSG_FETCH) return 1;
    struct cursor c;
    cursor_init(&c, payload, frame.length);
    if (!export_fetch(root, &c, deadline_ns)) return 1;
  }
}

_Noreturn void exporter_main(const struct export_order *order) {
  uint64_t deadline_ns = monotonic_ns() + order->time_ns;
  int root = open(WORKSPACE, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (exporter_confine() != 0) _exit(1);
  /* The program owns the workspace, and may have closed it to itself. */
  bool listed = root < 0 ? export_list_nothing() : export_begin(root) && export_list(root, order, deadline_ns);
  _exit(listed ? serve(root, deadline_ns) : 1);
}
