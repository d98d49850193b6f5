/* Decoding START: what to run, and within what. Every count is bounded and every field checked; see protocol.h. */
#include <errno.h>

#include "init.h"

static void decode_rlimits(struct cursor *c, struct start *s) {
  s->rlimit_count = cursor_u32(c);
  if (s->rlimit_count > MAX_RLIMITS) c->ok = false;
  for (uint32_t i = 0; c->ok && i < s->rlimit_count; i++) {
    s->rlimits[i].resource = cursor_u32(c);
    s->rlimits[i].soft = cursor_u64(c);
    s->rlimits[i].hard = cursor_u64(c);
  }
}

static void decode_landlock(struct cursor *c, struct landlock_plan *l) {
  l->handled_fs = cursor_u64(c);
  l->handled_net = cursor_u64(c);
  l->scoped = cursor_u64(c);
  l->rule_count = cursor_u32(c);
  if (l->rule_count > MAX_LANDLOCK_RULES) c->ok = false;
  for (uint32_t i = 0; c->ok && i < l->rule_count; i++) {
    l->rules[i].access = cursor_u64(c);
    l->rules[i].path = cursor_string(c);
  }
}

void decode_start(struct cursor *c, struct start *s) {
  cursor_strings(c, s->argv, MAX_STRINGS);
  cursor_strings(c, s->envp, MAX_STRINGS);
  s->cwd = cursor_string(c);
  decode_rlimits(c, s);
  decode_landlock(c, &s->landlock);
  s->deadline_ns = cursor_u64(c);
  s->notify = cursor_u8(c) != 0;
  s->filter_bytes = cursor_u32(c);
  /* The kernel wants the instructions aligned; the encoder pads, this checks. */
  cursor_bytes(c, c->ok ? (size_t)(-(intptr_t)(c->data + c->offset) & 7) : 0);
  s->filter = cursor_bytes(c, s->filter_bytes);
  bool sensible = s->argv[0] != NULL && s->filter_bytes >= 8 && s->filter_bytes % 8 == 0;
  if (!cursor_finished(c) || !sensible) fail(STEP_PROTOCOL, 21, EPROTO);
}
