/* launch and lock as the supervisor meets them: a child process with the descriptors in place. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../modes.h"
#include "tap.h"

struct peer {
  pid_t pid;
  int control;
};

static struct peer start_launch(void) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) abort();
  pid_t pid = fork();
  if (pid == 0) {
    int file = open("/bin/true", O_RDONLY);
    int control = fcntl(ends[1], F_DUPFD, 20);
    dup2(file, 4);
    dup2(control, FD_CONTROL);
    _exit(mode_launch());
  }
  close(ends[1]);
  return (struct peer){.pid = pid, .control = ends[0]};
}

/* A LAUNCH frame under construction. */
static uint8_t bytes[4096];
static size_t used;

static void put(const void *data, size_t length) {
  memcpy(bytes + used, data, length);
  used += length;
}

static void put_u32(uint32_t value) { put(&value, 4); }

static void put_string(const char *text) {
  put_u32((uint32_t)strlen(text));
  put(text, strlen(text) + 1);
}

static void begin_launch(pid_t supervisor, uint8_t drop, uint32_t uid) {
  used = HEADER_BYTES;
  put_u32((uint32_t)supervisor);
  put(&drop, 1);
  put_u32(uid);
  put_u32(uid);
}

static void send_frame(int control, uint8_t type) {
  uint32_t length = (uint32_t)(used - HEADER_BYTES);
  memset(bytes, 0, HEADER_BYTES);
  memcpy(bytes, &length, 4);
  bytes[4] = PROTOCOL_VERSION;
  bytes[5] = type;
  if (write(control, bytes, used) != (ssize_t)used) abort();
}

static int exit_code(struct peer p) {
  int status;
  waitpid(p.pid, &status, 0);
  close(p.control);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The FAILED message that the child sends, or {0} when it sends something else. */
static struct {
  uint32_t step;
  int error;
} answer;

static void read_failure(int control) {
  struct frame frame;
  uint8_t data[64] = {0};
  answer.step = 0;
  if (frame_read_header(control, &frame) != 1 || frame.type != MSG_FAILED || frame.length != 12) return;
  if (read_exactly(control, data, 12) != 1) return;
  struct cursor c;
  cursor_init(&c, data, 12);
  answer.step = cursor_u32(&c);
  cursor_u32(&c);
  answer.error = (int)cursor_u32(&c);
}

static void expect_failure(struct peer p, enum step step, int error, const char *what) {
  read_failure(p.control);
  check(answer.step == step && (error == 0 || answer.error == error), what);
  check(exit_code(p) == 1, "  and it ends");
}

static void failures(void) {
  struct peer p = start_launch();
  shutdown(p.control, SHUT_WR);
  check(exit_code(p) == 1, "end of file before LAUNCH ends it");

  p = start_launch();
  used = HEADER_BYTES;
  send_frame(p.control, MSG_START);
  expect_failure(p, STEP_PROTOCOL, EPROTO, "another message than LAUNCH is refused");

  p = start_launch();
  used = HEADER_BYTES;
  put_u32(1);
  send_frame(p.control, MSG_LAUNCH);
  expect_failure(p, STEP_PROTOCOL, EPROTO, "a LAUNCH that is cut is refused");

  p = start_launch();
  begin_launch(1, 0, 0);
  put_u32(0);
  put_u32(0);
  put_u32(1);
  put_string("/bin/true");
  send_frame(p.control, MSG_LAUNCH);
  expect_failure(p, STEP_PARENT, 0, "a parent that is not the supervisor is refused");

  p = start_launch();
  begin_launch(getpid(), 1, 0);
  put_u32(0);
  put_u32(0);
  put_u32(1);
  put_string("/bin/true");
  send_frame(p.control, MSG_LAUNCH);
  expect_failure(p, STEP_IDS, EINVAL, "dropping to root is refused");

  p = start_launch();
  begin_launch(getpid(), 0, 0);
  put_u32(1);
  put_string("/nonexistent/tasks");
  put_u32(0);
  put_u32(1);
  put_string("/bin/true");
  send_frame(p.control, MSG_LAUNCH);
  expect_failure(p, STEP_JOIN, ENOENT, "a cgroup that cannot be joined ends it");
}

/* `file` decides how it would like to join: no child can be born in a directory that is no cgroup, so it moves itself. */
static void success(const char *file) {
  char directory[] = "/tmp/warder-join-XXXXXX";
  char join[64];
  if (mkdtemp(directory) == NULL) abort();
  snprintf(join, sizeof join, "%s/%s", directory, file);
  int joined = open(join, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  struct peer p = start_launch();
  begin_launch(getpid(), 0, 0);
  put_u32(1);
  put_string(join);
  put_u32(1);
  put_u32(5);
  put("echo ", 5);
  put_u32(3);
  put_string("/bin/sh");
  put_string("-c");
  /* stdin is read from the pipe, the blob from its descriptor, nothing else is open */
  put_string("read line <&4; { cat <&8; echo \"$line\"; ls /proc/self/fd | tr '\\n' ' '; } >&5");
  send_frame(p.control, MSG_LAUNCH);
  struct frame frame;
  check(frame_read_header(p.control, &frame) == 1 && frame.type == MSG_PIPES, "PIPES comes");
  uint32_t holder = 0;
  check(frame.length == 4 && read(p.control, &holder, 4) == 4 && (pid_t)holder == p.pid, "with the pid of who holds them");
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)p.pid, FD_PROGRAM_STDIN);
  int in = open(path, O_WRONLY | O_CLOEXEC);
  snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)p.pid, FD_PROGRAM_STDOUT);
  int out = open(path, O_RDONLY | O_CLOEXEC);
  struct stat pipe_stat;
  check(in >= 0 && out >= 0 && fstat(out, &pipe_stat) == 0 && S_ISFIFO(pipe_stat.st_mode), "the supervisor opens its ends");
  check((pipe_stat.st_mode & 0777) == 0600, "which nobody else may open");
  used = HEADER_BYTES;
  send_frame(p.control, MSG_OPENED);
  if (write(in, "from stdin\n", 11) != 11) abort();
  char text[256] = {0};
  size_t length = 0;
  for (ssize_t got; (got = read(out, text + length, sizeof text - 1 - length)) > 0;) length += (size_t)got;
  check(strncmp(text, "echo from stdin\n", 16) == 0, "the launcher runs with pipes and blob");
  check(strstr(text, " 10 ") == NULL, "and with no other descriptor (9 is that of ls itself)");
  check(exit_code(p) == 0, "and ends by itself");
  char zero[2] = {0};
  check(read(joined, zero, 2) == 1 && zero[0] == '0', "the leaf was joined by writing 0");
  close(joined);
  unlink(join);
  rmdir(directory);
}

static int run_lock(int fd, char *output) {
  int ends[2];
  if (pipe(ends) != 0) abort();
  pid_t pid = fork();
  if (pid == 0) {
    dup2(ends[1], 1);
    char number[16];
    snprintf(number, sizeof number, "%d", fd);
    char *arguments[] = {number};
    _exit(mode_lock(1, arguments));
  }
  close(ends[1]);
  *output = 0;
  if (read(ends[0], output, 1) < 0) abort();
  close(ends[0]);
  int status;
  waitpid(pid, &status, 0);
  return WEXITSTATUS(status);
}

static void locks(void) {
  char path[] = "/tmp/warder-lock-XXXXXX";
  int first = mkstemp(path);
  int second = open(path, O_RDWR);
  char output;
  check(run_lock(first, &output) == 0 && output == '1', "a free file is locked");
  check(flock(second, LOCK_EX | LOCK_NB) != 0, "and stays locked after the locker has gone");
  check(run_lock(second, &output) == 0 && output == '0', "a busy one is reported");
  close(first);
  check(run_lock(second, &output) == 0 && output == '1', "and is free when its holder has closed it");
  static char words[][12] = {"x", "", "2", "+5", " 5", "5x", "-1", "1048577", "4294967299"};
  bool refused = true;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) refused = refused && mode_lock(1, (char *[]){words[i]}) == 64;
  check(refused, "a word that is no descriptor is refused");
  close(second);
  unlink(path);
}

/* The line for `number`, read back; the test's own output goes elsewhere meanwhile. */
static bool prints(long number, const char *expected) {
  int ends[2];
  int out = dup(1);
  if (out < 0 || pipe(ends) != 0 || dup2(ends[1], 1) != 1) abort();
  bool printed = print_answer("name", number);
  if (dup2(out, 1) != 1) abort();
  close(out);
  close(ends[1]);
  char line[64] = "";
  if (read(ends[0], line, sizeof line - 1) < 0) abort();
  close(ends[0]);
  return printed && strcmp(line, expected) == 0;
}

static void answers(void) {
  check(prints(0, "name 0\n") && prints(-7, "name -7\n") && prints(120, "name 120\n"), "an answer is a line");
  check(prints(-9223372036854775807L - 1, "name -9223372036854775808\n"), "for the smallest number as well");
}

int main(void) {
  failures();
  success("tasks");
  success("cgroup.procs");
  locks();
  answers();
  return tap_end();
}
