/*
 * warder-init: the small native part of warder. One static file, no heap, five modes:
 *
 *   launch   what the supervisor spawns: joins the run's cgroup leaf, makes the program's pipes, gives up the
 *            host's root uid and becomes the launcher (bubblewrap, nsjail)                          launch.c
 *   init     process 1 of the sandbox: starts the program, reports how it ended, kills what is left   init.c
 *   lock     takes flock(2) locks on inherited files, which Node cannot                              lock.c
 *   probe    asks the kernel what only a system call can ask                                     landlock.c
 *   survey   the same for everything that the doctor asks, for which processes are started           survey.c
 */
#include <string.h>
#include <unistd.h>

#include "modes.h"

/* Aligned for the filter instructions that lie in it, and for madvise(2), which takes whole pages: 64 KiB at most. */
uint8_t payload[PAYLOAD_MAX] __attribute__((aligned(65536)));

static const char USAGE[] = "warder-init is started by warder and is of no use by itself\n";

_Noreturn void fail(enum step step, uint32_t index, int error) {
  struct message_out m;
  message_begin(&m, MSG_FAILED);
  message_u32(&m, step);
  message_u32(&m, index);
  message_u32(&m, (uint32_t)error);
  message_send(FD_CONTROL, &m);
  _exit(1);
}

int main(int argc, char **argv) {
  const char *mode = argc > 1 ? argv[1] : "";
  if (strcmp(mode, "launch") == 0) return mode_launch();
  if (strcmp(mode, "init") == 0) {
    bool drop = argc > 2 && strcmp(argv[2], "drop") == 0;
    return mode_init(drop ? INIT_DROP : INIT_PLAIN);
  }
  if (strcmp(mode, "lock") == 0) return mode_lock(argc - 2, argv + 2);
  if (strcmp(mode, "probe") == 0) return mode_probe();
  if (strcmp(mode, "survey") == 0) return mode_survey();
  /* Who cannot be told has the exit code. */
  return write(STDERR_FILENO, USAGE, sizeof USAGE - 1) < 0 ? 74 : 64;
}
