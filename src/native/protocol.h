/*
 * The control channel between the supervisor (Node) and this program, mirrored by src/launch/protocol.ts.
 *
 * One Unix stream socket carries frames in both directions. A frame is an 8-byte header and a payload:
 *
 *     u32 length of the payload | u8 PROTOCOL_VERSION | u8 type | u16 zero        (all little-endian)
 *
 * Integers in a payload are little-endian. A string is `u32 length | bytes | NUL`, where length does not
 * count the NUL and the bytes contain none, so that a decoded string can be handed to the kernel in place.
 * End of file at any moment means "the supervisor is gone": kill everything and exit.
 */
#ifndef WARDER_PROTOCOL_H
#define WARDER_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROTOCOL_VERSION 1
#define HEADER_BYTES 8
/* Linux refuses more than a quarter of the stack limit for argv and environment; 4 MiB is above what it takes
 * with the usual 8 MiB stack, so that the kernel's own E2BIG is what a caller sees first. */
#define PAYLOAD_MAX (4U << 20)

/* The numbers are the protocol: add, never change. */
enum message {
  /* supervisor -> launch */
  MSG_LAUNCH = 1,
  MSG_OPENED = 2,
  /* supervisor -> init */
  MSG_FILE = 16,
  MSG_FILE_DATA = 17,
  MSG_START = 18,
  MSG_SIGNAL = 19,
  MSG_KILL = 20,
  MSG_HOLD = 21, /* before START: do not exit after DONE, but wait for EXPORT */
  MSG_EXPORT = 22,
  /* supervisor -> exporter */
  MSG_FETCH = 23,
  MSG_EXPORT_END = 24, /* to init as well, in place of EXPORT */
  /* launch -> supervisor */
  MSG_PIPES = 64,
  /* init -> supervisor */
  MSG_READY = 65,
  MSG_STARTED = 66,
  MSG_EXEC_FAILED = 67,
  MSG_EXITED = 68,
  MSG_DENIED = 69,
  MSG_DEADLINE = 70,
  MSG_DONE = 71,
  /* either -> supervisor: a set-up step failed, nothing of the program ran */
  MSG_FAILED = 72,
  /* exporter -> supervisor */
  MSG_ENTRY = 73,
  MSG_LISTED = 74,
  MSG_CONTENT = 75,
  MSG_CONTENT_END = 76,
};

/* What an ENTRY is, and what became of a FETCH. */
enum entry_kind {
  ENTRY_FILE = 0,
  ENTRY_SYMLINK = 1,
  ENTRY_HARD_LINK = 2,
  ENTRY_FIFO = 3,
  ENTRY_SOCKET = 4,
  ENTRY_DEVICE = 5,
  ENTRY_MOUNT = 6,
  ENTRY_TOO_DEEP = 7,
  ENTRY_PATH_TOO_LONG = 8,
  ENTRY_UNREADABLE = 9,
  ENTRY_CHANGED = 10,
};

/* Why a list ends. */
enum list_end { LIST_COMPLETE = 0, LIST_ENTRIES = 1, LIST_TIME = 2 };

/* The most that a CONTENT carries, and that a path of an ENTRY has. */
#define CONTENT_MAX (64U << 10)
#define ENTRY_PATH_MAX 4095

/* Which step a MSG_FAILED or MSG_EXEC_FAILED speaks of. */
enum step {
  STEP_PROTOCOL = 1,
  STEP_PARENT = 2,
  STEP_JOIN = 3,
  STEP_PIPE = 4,
  STEP_BLOB = 5,
  STEP_IDS = 6,
  STEP_EXEC_LAUNCHER = 7,
  STEP_HARDEN = 8,
  STEP_CAPABILITIES = 9,
  STEP_FILE = 10,
  STEP_CLONE = 11,
  STEP_SESSION = 12,
  STEP_RLIMIT = 13,
  STEP_CHDIR = 14,
  STEP_SECCOMP = 15,
  STEP_EXEC = 16,
  STEP_LANDLOCK = 17,
};

/* Descriptors, the same numbers in launch, in the launcher and in init. */
enum fixed_fd {
  FD_CONTROL = 3,
  FD_PROGRAM_STDIN = 4,
  FD_PROGRAM_STDOUT = 5,
  FD_PROGRAM_STDERR = 6,
  FD_SELF = 7,
  FD_FIRST_BLOB = 8,
};

/* A reader over one payload. `ok` falls to false at the first malformed field and stays there. */
struct cursor {
  uint8_t *data;
  size_t length;
  size_t offset;
  bool ok;
};

struct frame {
  uint8_t type;
  uint32_t length;
};

void cursor_init(struct cursor *c, uint8_t *data, size_t length);
uint8_t cursor_u8(struct cursor *c);
uint32_t cursor_u32(struct cursor *c);
uint64_t cursor_u64(struct cursor *c);
/* The string in place, NUL-terminated; NULL when malformed. */
char *cursor_string(struct cursor *c);
/* `length` raw bytes in place; NULL when malformed. */
uint8_t *cursor_bytes(struct cursor *c, size_t length);
/* `count` strings into `out` (room for max + 1) with a NULL at the end; false when malformed or too many. */
bool cursor_strings(struct cursor *c, char **out, size_t max);
/* True when every field was well-formed and nothing is left over. */
bool cursor_finished(const struct cursor *c);

/* Checks a header; false when the version, the reserved bits or the length are wrong. */
bool frame_parse(const uint8_t header[HEADER_BYTES], struct frame *out);

/* Blocking reads. Return 1 on success, 0 on end of file before the first byte, -1 on anything else. */
int frame_read_header(int fd, struct frame *out);
int read_exactly(int fd, uint8_t *buffer, size_t length);

/* Bytes that are frames already. False when the supervisor is gone; never raises SIGPIPE. */
bool send_all(int fd, const uint8_t *bytes, size_t length);

/* A small outgoing message. */
struct message_out {
  uint8_t bytes[HEADER_BYTES + 64];
  size_t length;
};

void message_begin(struct message_out *m, enum message type);
void message_u32(struct message_out *m, uint32_t value);
void message_u64(struct message_out *m, uint64_t value);
/* False when the supervisor is gone. Never raises SIGPIPE. */
bool message_send(int fd, struct message_out *m);

#endif
