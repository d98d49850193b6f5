/* What the exporter sends (exporter.h). */
#include <string.h>

#include "exporter.h"
#include "modes.h"

static size_t used;

bool out_flush(void) {
  size_t length = used;
  used = 0;
  return length == 0 || send_all(FD_CONTROL, payload + OUT_OFFSET, length);
}

void out_bytes(const void *data, size_t length) {
  memcpy(payload + OUT_OFFSET + used, data, length);
  used += length;
}

void out_integer(uint64_t value, size_t length) {
  for (size_t i = 0; i < length; i++) payload[OUT_OFFSET + used++] = (uint8_t)(value >> (8 * i));
}

bool out_begin(enum message type, size_t length) {
  if (used + HEADER_BYTES + length > OUT_BYTES && !out_flush()) return false;
  out_integer(length, 4);
  out_integer(PROTOCOL_VERSION, 1);
  out_integer(type, 1);
  out_integer(0, 2);
  return true;
}

uint8_t *out_room(void) { return payload + OUT_OFFSET + HEADER_BYTES; }

bool out_filled(enum message type, size_t length) {
  used = 0;
  if (!out_begin(type, length)) return false;
  used += length;
  return out_flush();
}
