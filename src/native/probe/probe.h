/*
 * warder-probe: what `warder escape` runs inside a sandbox. One static file without a C library (../bare.h), raw system
 * calls, many small probes in one program. Each prints lines that src/escape/answers.ts reads:
 *
 *   begin K            item K of the command line starts
 *   call NAME ERRNO V  a system call: 0 or the errno, and what it returned
 *   KEY TEXT           anything else; bytes that are not printable ASCII, and backslashes, as \xHH
 *   end K exited N     or: signaled N, timeout, inline
 *
 * Whatever a probe tries must do no harm where it succeeds: open without writing, ask with access(2), signal 0, pointers
 * that lead nowhere. It may run as root on a host without a sandbox (test/host/escape-harmless.test.ts does that).
 */
#ifndef WARDER_PROBE_H
#define WARDER_PROBE_H

#include <stdbool.h>
#include <stddef.h>

struct probe {
  const char *name;
  /* argv[0] is the first argument after the name. Returns the exit status. */
  int (*run)(int argc, char **argv);
};

/* One table per file, each ended by an entry without a name; probe_main.c lists them. */
extern const struct probe generic_probes[];
extern const struct probe files_probes[];
extern const struct probe kernel_probes[];
extern const struct probe network_probes[];
extern const struct probe ipc_probes[];
extern const struct probe process_probes[];
extern const struct probe lifetime_probes[];
extern const struct probe cgroup_probes[];
extern const struct probe limits_probes[];
extern const struct probe hostile_probes[];
extern const struct probe inspect_probes[];

/* Prints `KEY TEXT`. */
void say(const char *key, const char *text);
/* The same for bytes, escaped. */
void say_bytes(const char *key, const void *data, size_t length);
void say_number(const char *key, long number);
/* Prints `call NAME ERRNO VALUE` for what a system call returned, and returns that. */
long say_call(const char *name, long returned);

/* Decimal, 0x…, with an optional sign; stops at the first other character. */
unsigned long parse_number(const char *text);
/*
 * Whether this process is in another process namespace than HOST, the link of the supervisor's own: process 1 is then the
 * jail's, and signals stay in it. False where that cannot be told.
 */
bool own_pids(const char *host);
/*
 * Makes a directory NAME, which nobody else may enter, in the first of PARENTS that lets us, and goes there. False: there is
 * none, or the name is taken. leave_own removes it, when it is empty.
 */
bool enter_own(const char *name, int count, char **parents);
void leave_own(const char *name);
/* The argument with this index, or `otherwise`. */
const char *argument(int argc, char **argv, int index, const char *otherwise);

#endif
