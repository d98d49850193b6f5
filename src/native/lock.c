/*
 * Node cannot flock(2). The supervisor hands over open files, this mode locks them and exits; a lock belongs to
 * the open file description (flock(2)), which the supervisor still holds, so it lasts exactly as long as the
 * supervisor lives, whatever ends it.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "modes.h"

int mode_lock(int argc, char **argv) {
  for (int i = 0; i < argc; i++) {
    char *end = argv[i];
    long fd = strtol(argv[i], &end, 10);
    if (end == argv[i] || *end != 0 || fd < 3 || fd > 1 << 20) return 64;
    int locked = flock((int)fd, LOCK_EX | LOCK_NB);
    if (locked != 0 && errno != EWOULDBLOCK) return 70;
    if (write(STDOUT_FILENO, locked == 0 ? "1" : "0", 1) != 1) return 70;
  }
  return 0;
}
