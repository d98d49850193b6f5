/* What the parts of process 1 share. */
#ifndef WARDER_INIT_H
#define WARDER_INIT_H

#include <sys/types.h>

#include "modes.h"

/* Where the program's files go and where it starts: fixed by the contract, not by a message. */
#define WORKSPACE "/workspace"

#define MAX_STRINGS 65536
#define MAX_RLIMITS 16
#define MAX_LANDLOCK_RULES 64
#define MAX_EXPORT_NS 600000000000U /* ten minutes */

struct rlimit_setting {
  uint32_t resource;
  uint64_t soft;
  uint64_t hard;
};

/* Rights beneath a path; the numbers are the kernel's (linux/landlock.h). */
struct landlock_rule {
  uint64_t access;
  char *path;
};

/* All zero: no Landlock. */
struct landlock_plan {
  uint64_t handled_fs;
  uint64_t handled_net;
  uint64_t scoped;
  uint32_t rule_count;
  struct landlock_rule rules[MAX_LANDLOCK_RULES];
};

/* A decoded START: what to run and within what. The pointers point into `payload`. */
struct start {
  char *argv[MAX_STRINGS + 1];
  char *envp[MAX_STRINGS + 1];
  char *cwd;
  uint32_t rlimit_count;
  struct rlimit_setting rlimits[MAX_RLIMITS];
  struct landlock_plan landlock;
  uint64_t deadline_ns; /* from the start of the program; 0 = none */
  uint8_t *filter;      /* struct sock_filter[]; never empty */
  uint32_t filter_bytes;
  bool notify; /* the filter has USER_NOTIF actions, which need a listener */
};

/* start.c: fails the run when the payload is malformed. */
void decode_start(struct cursor *c, struct start *s);

/* harden.c: the descriptor through which SIGCHLD is read. */
int harden(enum init_variant variant);

/* privileges.c */
void drop_privileges(void);
/* Fails the run while a capability is left in any set: with one, everything said of this sandbox would be doubtful. */
void require_no_capabilities(void);

/* files.c: FILE and FILE_DATA frames into WORKSPACE; only before the program starts. */
void file_begin(struct cursor *c);
void file_data(const uint8_t *data, size_t length);
/* True between a FILE and the last of its FILE_DATA. */
bool file_pending(void);

/* Relative, without empty, `.` or `..` components. */
bool is_plain_path(const char *path);

/* What EXPORT says: how much a list may take. */
struct export_order {
  uint32_t entries;
  uint32_t depth;
  uint64_t time_ns; /* for all of it; 0 = none was given, which is refused */
};

/* init.c */
/* The supervisor is gone, or speaks nonsense: process 1 exits and the kernel ends the rest of the namespace. */
_Noreturn void give_up(void);
/* Takes one signal from harden()'s descriptor: it only means that there is something to reap. */
void take_signal(int signals);

/* export.c: what init does of it. */
/* EXPORT or EXPORT_END, once; false for anything else and for nonsense. */
bool export_take_order(uint8_t type, struct cursor *c);
/* True when one of them has come. */
bool export_decided(void);
/* Returns when there is nothing to export, or when the exporter has ended well; gives up otherwise. */
void export_run(int signals);

/* exporter.c: the process that reads the workspace when everything else is dead. `root` is the open WORKSPACE. */
_Noreturn void exporter_main(const struct export_order *order);

/* exporter_filter.c: 0 when the calling process can do nothing but read files and answer. */
int exporter_confine(void);

/* clock.c */
uint64_t monotonic_ns(void);

/* landlock.c */
/* The ruleset's descriptor, -1 when there is nothing to restrict. */
int landlock_ruleset(const struct landlock_plan *plan);
/* In the child; 0 on success. */
int landlock_restrict(int ruleset);

/* program.c */
struct started {
  pid_t pid;    /* -1 when the program could not be started */
  int listener; /* seccomp notification descriptor, -1 when there is none */
  enum step step;
  uint32_t index;
  int error;
};
struct started program_start(const struct start *s);

#endif
