/*
 * What a hostile or broken peer can do with the control channel: any bytes, cut anywhere, into the code that reads them.
 *
 * The native program's own readers are compiled into this file, with every call that would reach the kernel replaced
 * (fake_kernel.h). kill(2) above all: init kills everything that it may, and here that would be the host.
 *
 * An input is one byte that chooses the reader (enum reader) and then the bytes of the channel. Whatever they are, the
 * reader must refuse them or hand over fields that lie within the payload: the sanitizers and the checks below see to it.
 */
#define _GNU_SOURCE
#include "fake_kernel.h"

/* Compiled by itself, protocol.c does not see modes.h, whose payload one of its variables would hide here. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#include "../protocol.c"
#pragma GCC diagnostic pop

#include "../clock.c"
#include "../export.c"
#include "../exporter.c"
#include "../exporter_list.c"
#include "../exporter_out.c"
#include "../files.c"

#include "../start.c"
#include "../harden.c"
#include "../init.c"

#include "../launch.c"

_Noreturn void fail(enum step step, uint32_t index, int error) {
  (void)index;
  if (step < STEP_PROTOCOL || step > STEP_LANDLOCK || error == 0) abort();
  longjmp(input.out, OUTCOME_REFUSED);
}

/* Of the modes around the readers, which are not called: they would start, not read. */
void drop_privileges(void) { abort(); }
void require_no_capabilities(void) { abort(); }
void die_with(pid_t parent, uint32_t index) {
  (void)parent;
  (void)index;
  abort();
}
pid_t enter_leaf(char *const *paths, pid_t supervisor) {
  (void)paths;
  (void)supervisor;
  abort();
}
int exporter_confine(void) { abort(); }
struct started program_start(const struct start *s) {
  (void)s;
  abort();
}

/* --- what a decoded message promises ------------------------------------------------------------------ */

static void require_string(const char *text) {
  const uint8_t *at = (const uint8_t *)text;
  if (at < payload || at >= payload + input.readable) abort();
  if (strlen(text) >= (size_t)(payload + input.readable - at)) abort();
}

static void require_strings(char *const *list, size_t max) {
  size_t count = 0;
  for (; list[count] != NULL; count++) {
    if (count >= max) abort();
    require_string(list[count]);
  }
}

static void require_bytes(const uint8_t *data, size_t length) {
  if (data < payload || length > (size_t)(payload + input.readable - data)) abort();
}

static void require_start(const struct start *s) {
  if (s->argv[0] == NULL) abort();
  require_strings(s->argv, MAX_STRINGS);
  require_strings(s->envp, MAX_STRINGS);
  require_string(s->cwd);
  if (s->rlimit_count > MAX_RLIMITS || s->landlock.rule_count > MAX_LANDLOCK_RULES) abort();
  for (uint32_t i = 0; i < s->landlock.rule_count; i++) require_string(s->landlock.rules[i].path);
  require_bytes(s->filter, s->filter_bytes);
  if (s->filter_bytes < 8 || s->filter_bytes % 8 != 0 || (uintptr_t)s->filter % 8 != 0) abort();
}

static void require_launch(const struct launch *l) {
  if (l->argv[0] == NULL || (l->drop_ids && (l->uid == 0 || l->gid == 0))) abort();
  require_strings(l->argv, MAX_ARGS);
  require_strings(l->joins, MAX_JOINS);
  if (l->blob_count > MAX_BLOBS) abort();
  for (uint32_t i = 0; i < l->blob_count; i++) require_bytes(l->blobs[i].data, l->blobs[i].length);
}

/* --- the entry ---------------------------------------------------------------------------------------- */

static void reset(const uint8_t *data, size_t size) {
  /* All of it once, then only what the last input made readable: it is 4 MiB. */
  ASAN_POISON_MEMORY_REGION(payload, input.prepared && !input.exporting ? input.readable : sizeof payload);
  input.prepared = true;
  input.exporting = false;
  input.file_reads = 0;
  input.readable = 0;
  input.data = data;
  input.left = size;
  memset(&current, 0, sizeof current);
  memset(&state, 0, sizeof state);
  memset(&export, 0, sizeof export);
  memset(&walk, 0, sizeof walk);
  used = 0;
  state.main_pid = MAIN_PID;
  state.listener = -1;
}

/* The pieces of payload that the exporter writes. */
static void begin_exporting(size_t from, size_t length) {
  input.exporting = true;
  ASAN_UNPOISON_MEMORY_REGION(payload + from, length);
}

static void read_tree(void) {
  uint8_t caps[2] = {0, 0};
  take(caps, sizeof caps);
  struct export_order order = {.entries = caps[0], .depth = caps[1], .time_ns = 1};
  begin_exporting(0, OUT_OFFSET + OUT_BYTES);
  export_list(FAKE_FD, &order, UINT64_MAX);
}

static void read_as(enum reader reader) {
  static struct start start;
  static struct launch launch;
  switch (reader) {
    case READ_LAUNCH:
      read_launch(&launch);
      require_launch(&launch);
      break;
    case READ_START:
      receive_start(&start);
      require_start(&start);
      break;
    case READ_ORDERS:
      while (input.left > 0) on_control();
      break;
    case READ_EXPORT_ORDERS:
      state.done_sent = true;
      while (input.left > 0) on_control();
      if (export.order.time_ns > MAX_EXPORT_NS) abort();
      break;
    case READ_FETCHES:
      begin_exporting(OUT_OFFSET, OUT_BYTES);
      if (serve(FAKE_FD, UINT64_MAX) != 0) longjmp(input.out, OUTCOME_ENDED);
      break;
    case READ_TREE:
      read_tree();
      break;
  }
}

enum outcome protocol_fuzz(const uint8_t *data, size_t size) {
  if (size == 0 || data[0] > READ_TREE) return OUTCOME_REFUSED;
  reset(data + 1, size - 1);
  int jumped = setjmp(input.out);
  if (jumped != 0) return (enum outcome)jumped;
  read_as((enum reader)data[0]);
  return OUTCOME_ACCEPTED;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  protocol_fuzz(data, size);
  return 0;
}
