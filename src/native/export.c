/* init's part of the export: it starts the exporter, and sees to it that it does not outlive the supervisor. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init.h"

/* How much longer than its own deadline an exporter may take that is stuck. */
#define EXPORT_GRACE_NS 1000000000U
#define WATCH_MS 1000

static struct {
  bool over;
  struct export_order order;
} export;

bool export_decided(void) { return export.over || export.order.time_ns != 0; }

bool export_take_order(uint8_t type, struct cursor *c) {
  if (export_decided()) return false;
  if (type == MSG_EXPORT_END) {
    export.over = true;
    return cursor_finished(c);
  }
  export.order.entries = cursor_u32(c);
  export.order.depth = cursor_u32(c);
  export.order.time_ns = cursor_u64(c);
  return type == MSG_EXPORT && cursor_finished(c) && export_decided() && export.order.time_ns <= MAX_EXPORT_NS;
}

/* The channel is the exporter's while it lives: only its end is looked for here. True when the exporter is gone. */
static bool watch(pid_t exporter, uint64_t deadline_ns, int signals) {
  int status;
  if (waitpid(exporter, &status, WNOHANG) == exporter) {
    /* It may have died within a frame, so nothing more can be said on the channel. */
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) give_up();
    return true;
  }
  struct pollfd fds[2] = {
      {.fd = FD_CONTROL, .events = POLLRDHUP, .revents = 0},
      {.fd = signals, .events = POLLIN, .revents = 0},
  };
  if (poll(fds, 2, WATCH_MS) < 0 && errno != EINTR) give_up();
  if (fds[0].revents != 0 || monotonic_ns() >= deadline_ns) give_up();
  if (fds[1].revents != 0) take_signal(signals);
  return false;
}

void export_run(int signals) {
  if (export.over) return;
  pid_t exporter = fork();
  if (exporter < 0) give_up();
  if (exporter == 0) exporter_main(&export.order);
  uint64_t deadline_ns = monotonic_ns() + export.order.time_ns + EXPORT_GRACE_NS;
  while (!watch(exporter, deadline_ns, signals)) continue;
}
