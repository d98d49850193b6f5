/* Decoding of what arrives on the control channel: exact fields, and no byte read past the end whatever comes. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../protocol.h"
#include "tap.h"

static struct cursor over(uint8_t *data, size_t length) {
  struct cursor c;
  cursor_init(&c, data, length);
  return c;
}

static void integers(void) {
  uint8_t data[] = {7, 1, 2, 3, 4, 8, 7, 6, 5, 4, 3, 2, 1};
  struct cursor c = over(data, sizeof data);
  check(cursor_u8(&c) == 7, "u8");
  check(cursor_u32(&c) == 0x04030201, "u32 is little-endian");
  check(cursor_u64(&c) == 0x0102030405060708, "u64 is little-endian");
  check(cursor_finished(&c), "nothing is left over");
  check(cursor_u8(&c) == 0 && !c.ok, "reading past the end fails");
  check(cursor_bytes(&c, 0) == NULL, "a failed cursor stays failed");
}

static void strings(void) {
  uint8_t good[] = {2, 0, 0, 0, 'a', 'b', 0, 0, 0, 0, 0, 0};
  struct cursor c = over(good, sizeof good);
  char *first = cursor_string(&c);
  char *second = cursor_string(&c);
  check(first != NULL && strcmp(first, "ab") == 0, "a string");
  check(second != NULL && *second == 0 && cursor_finished(&c), "an empty string");
  uint8_t embedded[] = {2, 0, 0, 0, 'a', 0, 0};
  c = over(embedded, sizeof embedded);
  check(cursor_string(&c) == NULL && !c.ok, "an embedded NUL is refused");
  uint8_t open_end[] = {2, 0, 0, 0, 'a', 'b', 'c'};
  c = over(open_end, sizeof open_end);
  check(cursor_string(&c) == NULL, "a missing NUL is refused");
  uint8_t huge[] = {0xff, 0xff, 0xff, 0xff, 'a'};
  c = over(huge, sizeof huge);
  check(cursor_string(&c) == NULL, "a length past the end is refused");
}

static void lists(void) {
  uint8_t two[] = {2, 0, 0, 0, 1, 0, 0, 0, 'a', 0, 1, 0, 0, 0, 'b', 0};
  char *out[3] = {NULL, NULL, (char *)two};
  struct cursor c = over(two, sizeof two);
  check(cursor_strings(&c, out, 2) && out[1][0] == 'b' && out[2] == NULL, "a list of two");
  c = over(two, sizeof two);
  check(!cursor_strings(&c, out, 1) && out[0] == NULL, "a list that is too long is refused");
  c = over(two, sizeof two - 1);
  check(!cursor_strings(&c, out, 2), "a list that is cut is refused");
}

static void headers(void) {
  struct frame frame;
  uint8_t header[HEADER_BYTES] = {5, 0, 0, 0, PROTOCOL_VERSION, MSG_KILL, 0, 0};
  check(frame_parse(header, &frame) && frame.type == MSG_KILL && frame.length == 5, "a header");
  header[4] = PROTOCOL_VERSION + 1;
  check(!frame_parse(header, &frame), "another version is refused");
  header[4] = PROTOCOL_VERSION;
  header[6] = 1;
  check(!frame_parse(header, &frame), "reserved bits are refused");
  header[6] = 0;
  header[3] = 0x7f;
  check(!frame_parse(header, &frame), "a length above the maximum is refused");
}

static void transport(void) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) abort();
  struct message_out m;
  message_begin(&m, MSG_EXITED);
  message_u32(&m, 256);
  message_u64(&m, 1ULL << 40);
  check(message_send(ends[0], &m), "a message is sent");
  struct frame frame;
  uint8_t data[12];
  check(frame_read_header(ends[1], &frame) == 1 && frame.type == MSG_EXITED && frame.length == 12, "its header arrives");
  check(read_exactly(ends[1], data, sizeof data) == 1, "its payload arrives");
  struct cursor c = over(data, sizeof data);
  check(cursor_u32(&c) == 256 && cursor_u64(&c) == 1ULL << 40 && cursor_finished(&c), "with its fields");
  close(ends[0]);
  check(frame_read_header(ends[1], &frame) == 0, "end of file is told from an error");
  check(!message_send(ends[1], &m), "sending to nobody fails without a signal");
  close(ends[1]);
}

/* Under the sanitizers: any byte string decodes or fails, and never reads past its end. */
static void noise(void) {
  srand(20260101);
  bool kept_within = true;
  for (int round = 0; round < 200000; round++) {
    size_t length = (size_t)rand() % 64;
    uint8_t *data = malloc(length + 1);
    if (data == NULL) abort();
    for (size_t i = 0; i < length; i++) data[i] = (uint8_t)(rand() % 7 == 0 ? rand() : rand() % 4);
    struct cursor c = over(data, length);
    char *out[9];
    while (c.ok && c.offset < c.length) {
      if (rand() % 2 == 0) cursor_strings(&c, out, 8);
      else cursor_u32(&c);
      kept_within = kept_within && c.offset <= c.length;
    }
    free(data);
  }
  check(kept_within, "200000 random payloads");
}

int main(void) {
  integers();
  strings();
  lists();
  headers();
  transport();
  noise();
  return tap_end();
}
