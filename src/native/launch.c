/*
 * Theory of operation of `launch`.
 *
 * The supervisor spawns this with descriptors 0 and 1 on /dev/null, 2 on a diagnostics pipe, 3 the control
 * channel, 4 this program's own file. It still has the supervisor's privileges and does in order:
 *
 *   1. read LAUNCH;
 *   2. enter the run's cgroup leaf: whatever the launcher does from its first instruction on is accounted and limited. On
 *      version 1 by writing "0" (= myself) into the files that LAUNCH names, which avoids the global lock and grace period
 *      that moving somebody else costs (8-14 ms). On version 2 as a child that is born there, which does the rest (leaf.c);
 *   3. make real pipes for the program's standard streams. Node's own are sockets, which /dev/stdout cannot
 *      reopen. They get the run's uid as owner, so that the program, and nobody else, may reopen them;
 *   4. put the launcher's option blobs into memfds;
 *   5. tell the supervisor (PIPES), which opens its own ends through /proc/<pid>/fd, and wait for OPENED;
 *   6. give up root for the run's own uid, for good, supplementary groups included;
 *   7. ask to die with the supervisor, and exec the launcher with an empty environment.
 *
 * Any failure is reported as FAILED {step, index, errno} and ends the process: nothing has run yet.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/memfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "leaf.h"

#define MAX_BLOBS 16
#define MAX_ARGS 64
#define MAX_JOINS 16
#define FD_OWN_FILE 4
/* Descriptors are prepared up here, then put in their places, so that none is overwritten before it is used. */
#define FD_PARKING 32

struct launch {
  pid_t supervisor;
  bool drop_ids;
  uid_t uid;
  gid_t gid;
  char *joins[MAX_JOINS + 1];
  uint32_t blob_count;
  struct {
    uint8_t *data;
    uint32_t length;
  } blobs[MAX_BLOBS];
  char *argv[MAX_ARGS + 1];
};

static void decode(struct cursor *c, struct launch *l) {
  l->supervisor = (pid_t)cursor_u32(c);
  l->drop_ids = cursor_u8(c) != 0;
  l->uid = cursor_u32(c);
  l->gid = cursor_u32(c);
  cursor_strings(c, l->joins, MAX_JOINS);
  l->blob_count = cursor_u32(c);
  if (l->blob_count > MAX_BLOBS) fail(STEP_PROTOCOL, 1, E2BIG);
  for (uint32_t i = 0; i < l->blob_count; i++) {
    l->blobs[i].length = cursor_u32(c);
    l->blobs[i].data = cursor_bytes(c, l->blobs[i].length);
  }
  if (!cursor_strings(c, l->argv, MAX_ARGS) || !cursor_finished(c)) fail(STEP_PROTOCOL, 2, EPROTO);
  if (l->argv[0] == NULL) fail(STEP_PROTOCOL, 3, EINVAL);
  if (l->drop_ids && (l->uid == 0 || l->gid == 0)) fail(STEP_IDS, 0, EINVAL);
}

static void read_launch(struct launch *l) {
  struct frame frame;
  int got = frame_read_header(FD_CONTROL, &frame);
  if (got == 0) _exit(1);
  if (got < 0 || frame.type != MSG_LAUNCH) fail(STEP_PROTOCOL, 0, EPROTO);
  if (read_exactly(FD_CONTROL, payload, frame.length) != 1) _exit(1);
  struct cursor c;
  cursor_init(&c, payload, frame.length);
  decode(&c, l);
}

static void require_parent(const struct launch *l) {
  if (getppid() != l->supervisor) fail(STEP_PARENT, 0, ESRCH);
}

static int park(int fd, enum step step, uint32_t index) {
  int parked = fcntl(fd, F_DUPFD, FD_PARKING);
  if (parked < 0) fail(step, index, errno);
  close(fd);
  return parked;
}

static void place(int parked, int target, enum step step, uint32_t index) {
  if (dup2(parked, target) != target) fail(step, index, errno);
  close(parked);
}

/* The program's end of a new pipe. Only that end is kept: the supervisor opens the other one by /proc. */
static int make_pipe(const struct launch *l, bool program_reads, uint32_t index) {
  int ends[2];
  if (pipe(ends) != 0) fail(STEP_PIPE, index, errno);
  int kept = ends[program_reads ? 0 : 1];
  if (l->drop_ids && fchown(kept, l->uid, l->gid) != 0) fail(STEP_PIPE, index, errno);
  if (fchmod(kept, 0600) != 0) fail(STEP_PIPE, index, errno);
  int parked = park(kept, STEP_PIPE, index);
  close(ends[program_reads ? 1 : 0]);
  return parked;
}

static int make_blob(const uint8_t *data, size_t length, uint32_t index) {
  int fd = memfd_create("warder", 0);
  if (fd < 0) fail(STEP_BLOB, index, errno);
  for (size_t done = 0; done < length;) {
    ssize_t written = write(fd, data + done, length - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail(STEP_BLOB, index, errno);
    done += (size_t)written;
  }
  if (lseek(fd, 0, SEEK_SET) != 0) fail(STEP_BLOB, index, errno);
  return park(fd, STEP_BLOB, index);
}

static void make_descriptors(const struct launch *l) {
  int self = park(FD_OWN_FILE, STEP_PIPE, 0);
  int streams[3];
  for (uint32_t i = 0; i < 3; i++) streams[i] = make_pipe(l, i == 0, i);
  int blobs[MAX_BLOBS];
  for (uint32_t i = 0; i < l->blob_count; i++) blobs[i] = make_blob(l->blobs[i].data, l->blobs[i].length, i);
  for (int i = 0; i < 3; i++) place(streams[i], FD_PROGRAM_STDIN + i, STEP_PIPE, (uint32_t)i);
  place(self, FD_SELF, STEP_PIPE, 3);
  for (uint32_t i = 0; i < l->blob_count; i++) place(blobs[i], FD_FIRST_BLOB + (int)i, STEP_BLOB, i);
  if (close_range(FD_FIRST_BLOB + l->blob_count, ~0U, 0) != 0) fail(STEP_PIPE, 4, errno);
}

static void exchange_pipes(void) {
  struct message_out m;
  message_begin(&m, MSG_PIPES);
  message_u32(&m, (uint32_t)getpid());
  if (!message_send(FD_CONTROL, &m)) _exit(1);
  struct frame frame;
  int got = frame_read_header(FD_CONTROL, &frame);
  if (got == 0) _exit(1);
  if (got < 0 || frame.type != MSG_OPENED || frame.length != 0) fail(STEP_PROTOCOL, 4, EPROTO);
}

static void drop_ids(const struct launch *l) {
  if (!l->drop_ids) return;
  if (setgroups(0, NULL) != 0) fail(STEP_IDS, 1, errno);
  if (setresgid(l->gid, l->gid, l->gid) != 0) fail(STEP_IDS, 2, errno);
  if (setresuid(l->uid, l->uid, l->uid) != 0) fail(STEP_IDS, 3, errno);
  /* Fail closed should the way back be open after all. */
  if (setuid(0) == 0 || setgid(0) == 0) fail(STEP_IDS, 4, EPERM);
}

int mode_launch(void) {
  static struct launch l;
  read_launch(&l);
  require_parent(&l);
  pid_t parent = enter_leaf(l.joins, l.supervisor);
  make_descriptors(&l);
  exchange_pipes();
  drop_ids(&l);
  /* After the change of ids, which clears the parent-death signal (prctl(2)). */
  die_with(parent, 1);
  char *const no_environment[] = {NULL};
  execve(l.argv[0], l.argv, no_environment);
  fail(STEP_EXEC_LAUNCHER, 0, errno);
}
