/*
 * Node cannot flock(2). The supervisor hands over open files, this mode locks them and exits; a lock belongs to
 * the open file description (flock(2)), which the supervisor still holds, so it lasts exactly as long as the
 * supervisor lives, whatever ends it.
 */
#include <errno.h>
#include <sys/file.h>
#include <unistd.h>

#include "modes.h"

/* -1 for anything but a decimal number from 3 to a million. */
static int parse_descriptor(const char *text) {
  int fd = 0;
  for (; *text >= '0' && *text <= '9' && fd < 1 << 20; text++) fd = fd * 10 + (*text - '0');
  return *text == 0 && fd >= 3 && fd <= 1 << 20 ? fd : -1;
}

int mode_lock(int argc, char **argv) {
  for (int i = 0; i < argc; i++) {
    int fd = parse_descriptor(argv[i]);
    if (fd < 0) return 64;
    int locked = flock(fd, LOCK_EX | LOCK_NB);
    if (locked != 0 && errno != EWOULDBLOCK) return 70;
    if (write(STDOUT_FILENO, locked == 0 ? "1" : "0", 1) != 1) return 70;
  }
  return 0;
}
