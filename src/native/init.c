/*
 * Theory of operation of `init`.
 *
 * It is process 1 of the sandbox on every engine, started from an inherited descriptor, so that nothing of it is
 * in the root file system. It has no capability and no open descriptor but the control channel, is not dumpable
 * (so the program, which shares its uid, can neither read /proc/1/environ nor write /proc/1/mem nor trace it), and
 * takes orders only as messages: signals can be queued to it by the program, so SIGCHLD is the only one read,
 * and it only means "look".
 *
 *   READY -> [HOLD] FILE*, START -> STARTED | EXEC_FAILED -> [DENIED] [DEADLINE] -> EXITED -> DONE -> exit
 *
 * After HOLD it does not exit at DONE, when nothing of the program is left, but waits for EXPORT or EXPORT_END; the former
 * hands the channel to the exporter (exporter.c), and init only watches that both ends of it live.
 *
 * When the program's main process has ended, or on KILL, on the deadline, on a seccomp notification, on end of
 * file: kill(-1, SIGKILL) first, then reap. Process 1 ending takes the whole pid namespace along, so every way out
 * of this program, a crash included, ends the sandbox.
 */
#define _GNU_SOURCE
#include "init.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct {
  pid_t main_pid;
  bool main_ended;
  bool killing;
  bool denied;
  int signals;
  int listener;
  uint32_t orphans;
  uint64_t started_ns;
  uint64_t deadline_ns; /* absolute, CLOCK_MONOTONIC; 0 = none */
  uint64_t self_cpu_us; /* own CPU time at READY */
  bool hold;
  bool done_sent;
  uint8_t inbox[64];
  size_t inbox_length;
} state = {.listener = -1};

static uint64_t microseconds(const struct timeval *t) {
  return (uint64_t)t->tv_sec * 1000000U + (uint64_t)t->tv_usec;
}

static uint64_t self_cpu_us(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return microseconds(&usage.ru_utime) + microseconds(&usage.ru_stime);
}

/* --- messages ------------------------------------------------------------------------------------------ */

static void kill_everything(void) {
  state.killing = true;
  kill(-1, SIGKILL); /* ESRCH when there is nobody: fine */
}

_Noreturn void give_up(void) {
  kill(-1, SIGKILL);
  _exit(1);
}

static void send_or_die(struct message_out *m) {
  if (!message_send(FD_CONTROL, m)) give_up();
}

static void send_plain(enum message type) {
  struct message_out m;
  message_begin(&m, type);
  send_or_die(&m);
}

/* Blocking: until START nothing runs that could need attention, and end of file still ends it. */
static void receive_start(struct start *s) {
  for (;;) {
    struct frame frame;
    int got = frame_read_header(FD_CONTROL, &frame);
    if (got == 0) give_up();
    if (got < 0) fail(STEP_PROTOCOL, 22, EPROTO);
    if (frame.length > 0 && read_exactly(FD_CONTROL, payload, frame.length) != 1) give_up();
    struct cursor c;
    cursor_init(&c, payload, frame.length);
    if (frame.type == MSG_FILE && !file_pending()) file_begin(&c);
    else if (frame.type == MSG_HOLD && frame.length == 0 && !file_pending()) state.hold = true;
    else if (frame.type == MSG_FILE_DATA) file_data(payload, frame.length);
    else if (frame.type == MSG_START && !file_pending()) {
      decode_start(&c, s);
      return;
    } else if (frame.type == MSG_KILL) give_up();
    else fail(STEP_PROTOCOL, 23, EPROTO);
  }
}

static void send_exec_failed(const struct started *p) {
  struct message_out m;
  message_begin(&m, MSG_EXEC_FAILED);
  message_u32(&m, p->step);
  message_u32(&m, p->index);
  message_u32(&m, (uint32_t)p->error);
  send_or_die(&m);
}

static void send_exited(int status, const struct rusage *usage) {
  struct message_out m;
  message_begin(&m, MSG_EXITED);
  message_u32(&m, (uint32_t)status);
  message_u64(&m, monotonic_ns() - state.started_ns);
  message_u64(&m, microseconds(&usage->ru_utime));
  message_u64(&m, microseconds(&usage->ru_stime));
  message_u64(&m, (uint64_t)usage->ru_maxrss);
  send_or_die(&m);
}

static void send_done(void) {
  struct rusage usage;
  getrusage(RUSAGE_CHILDREN, &usage);
  struct message_out m;
  message_begin(&m, MSG_DONE);
  message_u32(&m, state.orphans);
  message_u64(&m, microseconds(&usage.ru_utime));
  message_u64(&m, microseconds(&usage.ru_stime));
  message_u64(&m, self_cpu_us() - state.self_cpu_us);
  send_or_die(&m);
}

/* --- the loop ------------------------------------------------------------------------------------------ */

/* The only orders after START; their frames are tiny. */
static void handle_order(const struct frame *frame, uint8_t *data) {
  struct cursor c;
  cursor_init(&c, data, frame->length);
  if (frame->type == MSG_KILL) {
    kill_everything();
  } else if (frame->type == MSG_SIGNAL) {
    uint32_t number = cursor_u32(&c);
    if (cursor_finished(&c) && number < 65 && !state.main_ended) kill(state.main_pid, (int)number);
  } else if (!state.done_sent || !export_take_order(frame->type, &c)) {
    give_up();
  }
}

static void drain_orders(void) {
  size_t at = 0;
  while (state.inbox_length - at >= HEADER_BYTES) {
    struct frame frame;
    if (!frame_parse(state.inbox + at, &frame) || frame.length > 16) give_up();
    if (state.inbox_length - at < HEADER_BYTES + frame.length) break;
    handle_order(&frame, state.inbox + at + HEADER_BYTES);
    at += HEADER_BYTES + frame.length;
  }
  memmove(state.inbox, state.inbox + at, state.inbox_length - at);
  state.inbox_length -= at;
}

static void on_control(void) {
  uint8_t *free_space = state.inbox + state.inbox_length;
  ssize_t got = recv(FD_CONTROL, free_space, sizeof state.inbox - state.inbox_length, MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) give_up();
  state.inbox_length += (size_t)got;
  drain_orders();
}

/* A call that the policy ends the run for. Judged by number and ABI alone, so there is nothing to race with. */
static void on_listener(short events) {
  /* Room for the structure of a later kernel, which may be larger; it refuses one that is not zeroed. */
  union {
    struct seccomp_notif as_known;
    uint8_t room[1024];
  } buffer;
  memset(&buffer, 0, sizeof buffer);
  const struct seccomp_notif *notice = &buffer.as_known;
  if ((events & POLLIN) != 0 && ioctl(state.listener, SECCOMP_IOCTL_NOTIF_RECV, &buffer) == 0 && !state.denied) {
    state.denied = true;
    struct message_out m;
    message_begin(&m, MSG_DENIED);
    message_u32(&m, (uint32_t)notice->data.nr);
    message_u32(&m, notice->data.arch);
    send_or_die(&m);
    kill_everything();
  } else if ((events & (POLLHUP | POLLERR)) != 0) {
    close(state.listener);
    state.listener = -1;
  }
}

/* False when no child is left. */
static bool reap(void) {
  for (;;) {
    int status;
    struct rusage usage;
    pid_t pid = wait4(-1, &status, WNOHANG, &usage);
    if (pid == 0) return true;
    if (pid < 0 && errno == EINTR) continue;
    if (pid < 0) return false;
    if (pid != state.main_pid) {
      if (state.main_ended) state.orphans++;
      continue;
    }
    state.main_ended = true;
    send_exited(status, &usage);
    kill_everything();
  }
}

static int poll_timeout_ms(void) {
  if (state.deadline_ns == 0) return -1;
  uint64_t now = monotonic_ns();
  if (now >= state.deadline_ns) return 0;
  uint64_t ms = (state.deadline_ns - now) / 1000000U + 1;
  return ms > 3600000U ? 3600000 : (int)ms;
}

static void check_deadline(void) {
  if (state.deadline_ns == 0 || monotonic_ns() < state.deadline_ns) return;
  state.deadline_ns = 0;
  send_plain(MSG_DEADLINE);
  kill_everything();
}

static void on_child(void) { take_signal(state.signals); }

void take_signal(int signals) {
  /* One at a time: the program can queue them faster than a loop would empty it. */
  struct signalfd_siginfo ignored;
  if (read(signals, &ignored, sizeof ignored) < 0 && errno != EAGAIN && errno != EINTR) give_up();
}

/* Until every process of the sandbox but this one is gone. */
static void supervise(void) {
  while (reap()) {
    if (state.killing) kill(-1, SIGKILL);
    struct pollfd fds[3] = {
        {.fd = FD_CONTROL, .events = POLLIN, .revents = 0},
        {.fd = state.signals, .events = POLLIN, .revents = 0},
        {.fd = state.listener, .events = POLLIN, .revents = 0}, /* negative: ignored by poll(2) */
    };
    if (poll(fds, 3, poll_timeout_ms()) < 0 && errno != EINTR) give_up();
    if (fds[0].revents != 0) on_control();
    if (fds[1].revents != 0) on_child();
    if (fds[2].revents != 0) on_listener(fds[2].revents);
    check_deadline();
  }
}

int mode_init(enum init_variant variant) {
  static struct start start;
  state.signals = harden(variant);
  struct message_out m;
  message_begin(&m, MSG_READY);
  message_u32(&m, PROTOCOL_VERSION);
  send_or_die(&m);
  state.self_cpu_us = self_cpu_us();
  receive_start(&start);
  struct started program = program_start(&start);
  state.started_ns = monotonic_ns();
  if (program.pid < 0) {
    send_exec_failed(&program);
    return 0;
  }
  state.main_pid = program.pid;
  state.listener = program.listener;
  if (start.deadline_ns != 0) state.deadline_ns = state.started_ns + start.deadline_ns;
  send_plain(MSG_STARTED);
  madvise(payload, sizeof payload, MADV_DONTNEED); /* argv and filter are the kernel's now: give the pages back */
  supervise();
  send_done();
  state.done_sent = true;
  if (!state.hold) return 0;
  /* What is left in the inbox would be missing to the exporter. */
  while (!export_decided() || state.inbox_length > 0) {
    struct pollfd control = {.fd = FD_CONTROL, .events = POLLIN, .revents = 0};
    if (poll(&control, 1, -1) < 0 && errno != EINTR) give_up();
    if (control.revents != 0) on_control();
  }
  export_run(state.signals);
  return 0;
}
