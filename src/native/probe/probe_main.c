/*
 * warder-probe [inline] NAME ARGS… [, NAME ARGS…]…
 *
 * Each item runs in a child of its own, so that what it changes ends with it and its death is an answer; with `inline`
 * in this process, for policies that allow no child: then the first that is killed is the last, and the suite starts the
 * program again for the rest. A filter that ends the whole sandbox does that in both cases.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "probe.h"

#define TIMEOUT_SECONDS 3
/* For those that are told how long to live, so that others can meet them. */
#define PATIENT_SECONDS 15
#define UNKNOWN_PROBE 64
/* Bytes of the kernel's signal set. */
#define SET_BYTES 8UL

static const struct probe *const tables[] = {generic_probes, files_probes,   kernel_probes, network_probes,
                                            ipc_probes,     process_probes, lifetime_probes, cgroup_probes,
                                            limits_probes,  hostile_probes, inspect_probes};

static const struct probe *find(const char *name) {
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    for (const struct probe *probe = tables[i]; probe->name != NULL; probe++) {
      if (strcmp(probe->name, name) == 0) return probe;
    }
  }
  return NULL;
}

static const char *const patient[] = {"hold", "abstract-listen", "locks"};

static time_t seconds_for(const char *name) {
  for (size_t i = 0; i < sizeof patient / sizeof *patient; i++) {
    if (strcmp(patient[i], name) == 0) return PATIENT_SECONDS;
  }
  return TIMEOUT_SECONDS;
}

static int run_item(int argc, char **argv) {
  const struct probe *probe = argc > 0 ? find(argv[0]) : NULL;
  if (probe != NULL) return probe->run(argc - 1, argv + 1);
  say("unknown", argument(argc, argv, 0, ""));
  return UNKNOWN_PROBE;
}

/* `end K HOW N` in one line: KEY is the first word, the rest is text. */
static void say_end(const char *how, int index, int number) {
  char text[64];
  size_t length = 0;
  int parts[] = {index, number};
  for (int part = 0; part < 2; part++) {
    char digits[12];
    size_t count = 0;
    unsigned rest = (unsigned)parts[part];
    do {
      digits[count++] = (char)('0' + rest % 10);
      rest /= 10;
    } while (rest > 0);
    while (count > 0) text[length++] = digits[--count];
    text[length++] = ' ';
    if (part == 0) {
      memcpy(text + length, how, strlen(how));
      length += strlen(how);
      text[length++] = ' ';
    }
  }
  text[length - 1] = 0;
  say("end", text);
}

static void in_child(int index, int argc, char **argv) {
  sigset_t children;
  sigset_t before;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_BLOCK, &children, &before);
  pid_t child = fork();
  if (child == 0) {
    sigprocmask(SIG_SETMASK, &before, NULL);
    _exit(run_item(argc, argv));
  }
  if (child < 0) {
    say_call("fork", child);
    say_end("unforked", index, errno);
    return;
  }
  struct timespec patience = {.tv_sec = seconds_for(argument(argc, argv, 0, ""))};
  int status = 0;
  pid_t ended = waitpid(child, &status, WNOHANG);
  while (ended == 0) {
    if (syscall(SYS_rt_sigtimedwait, &children, NULL, &patience, SET_BYTES) < 0 && errno == EAGAIN) break;
    ended = waitpid(child, &status, WNOHANG);
  }
  if (ended == 0) {
    kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    say_end("timeout", index, (int)patience.tv_sec);
  } else if (WIFSIGNALED(status)) {
    say_end("signaled", index, WTERMSIG(status));
  } else {
    say_end("exited", index, WEXITSTATUS(status));
  }
}

int main(int argc, char **argv) {
  int at = 1;
  bool here = at < argc && strcmp(argv[at], "inline") == 0;
  if (here) at++;
  for (int index = 0; at < argc; index++) {
    int count = 0;
    while (at + count < argc && strcmp(argv[at + count], ",") != 0) count++;
    say_number("begin", index);
    if (here) {
      say_end("exited", index, run_item(count, argv + at));
    } else {
      in_child(index, count, argv + at);
    }
    at += count + 1;
  }
  return 0;
}
