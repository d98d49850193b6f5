#include "protocol.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void cursor_init(struct cursor *c, uint8_t *data, size_t length) {
  c->data = data;
  c->length = length;
  c->offset = 0;
  c->ok = true;
}

uint8_t *cursor_bytes(struct cursor *c, size_t length) {
  if (!c->ok || length > c->length - c->offset) {
    c->ok = false;
    return NULL;
  }
  uint8_t *at = c->data + c->offset;
  c->offset += length;
  return at;
}

static uint64_t little_endian(const uint8_t *at, size_t length) {
  uint64_t value = 0;
  for (size_t i = 0; i < length; i++) value |= (uint64_t)at[i] << (8 * i);
  return value;
}

static uint64_t cursor_integer(struct cursor *c, size_t length) {
  const uint8_t *at = cursor_bytes(c, length);
  return at == NULL ? 0 : little_endian(at, length);
}

uint8_t cursor_u8(struct cursor *c) { return (uint8_t)cursor_integer(c, 1); }

uint32_t cursor_u32(struct cursor *c) { return (uint32_t)cursor_integer(c, 4); }

uint64_t cursor_u64(struct cursor *c) { return cursor_integer(c, 8); }

char *cursor_string(struct cursor *c) {
  size_t length = cursor_u32(c);
  uint8_t *at = cursor_bytes(c, length);
  const uint8_t *end = cursor_bytes(c, 1);
  if (at == NULL || end == NULL || *end != 0 || memchr(at, 0, length) != NULL) {
    c->ok = false;
    return NULL;
  }
  return (char *)at;
}

bool cursor_strings(struct cursor *c, char **out, size_t max) {
  size_t count = cursor_u32(c);
  if (count > max) c->ok = false;
  for (size_t i = 0; c->ok && i < count; i++) out[i] = cursor_string(c);
  out[c->ok ? count : 0] = NULL;
  return c->ok;
}

bool cursor_finished(const struct cursor *c) { return c->ok && c->offset == c->length; }

bool frame_parse(const uint8_t header[HEADER_BYTES], struct frame *out) {
  out->length = (uint32_t)little_endian(header, 4);
  out->type = header[5];
  return header[4] == PROTOCOL_VERSION && header[6] == 0 && header[7] == 0 && out->length <= PAYLOAD_MAX;
}

int read_exactly(int fd, uint8_t *buffer, size_t length) {
  size_t done = 0;
  while (done < length) {
    ssize_t got = read(fd, buffer + done, length - done);
    if (got < 0 && errno == EINTR) continue;
    if (got == 0 && done == 0) return 0;
    if (got <= 0) return -1;
    done += (size_t)got;
  }
  return 1;
}

int frame_read_header(int fd, struct frame *out) {
  uint8_t header[HEADER_BYTES];
  int got = read_exactly(fd, header, sizeof header);
  if (got != 1) return got;
  return frame_parse(header, out) ? 1 : -1;
}

static void message_integer(struct message_out *m, uint64_t value, size_t length) {
  for (size_t i = 0; i < length; i++) m->bytes[m->length++] = (uint8_t)(value >> (8 * i));
}

void message_begin(struct message_out *m, enum message type) {
  memset(m, 0, sizeof *m);
  m->bytes[4] = PROTOCOL_VERSION;
  m->bytes[5] = (uint8_t)type;
  m->length = HEADER_BYTES;
}

void message_u32(struct message_out *m, uint32_t value) { message_integer(m, value, 4); }

void message_u64(struct message_out *m, uint64_t value) { message_integer(m, value, 8); }

bool send_all(int fd, const uint8_t *bytes, size_t length) {
  size_t done = 0;
  while (done < length) {
    ssize_t sent = send(fd, bytes + done, length - done, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    done += (size_t)sent;
  }
  return true;
}

bool message_send(int fd, struct message_out *m) {
  uint32_t payload = (uint32_t)(m->length - HEADER_BYTES);
  for (size_t i = 0; i < 4; i++) m->bytes[i] = (uint8_t)(payload >> (8 * i));
  return send_all(fd, m->bytes, m->length);
}
