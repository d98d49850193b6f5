/* What the parts of the exporter share (exporter.c). */
#ifndef WARDER_EXPORTER_H
#define WARDER_EXPORTER_H

#include <sys/stat.h>

#include "init.h"

#define EXPORT_DEPTH_MAX 64
#define LISTING_BYTES (32U << 10)

/* --- exporter_out.c: frames on their way, at the end of `payload`, so that many small ones leave in one call. */

#define OUT_OFFSET ((EXPORT_DEPTH_MAX + 1) * LISTING_BYTES)
#define OUT_BYTES (HEADER_BYTES + CONTENT_MAX)
_Static_assert(OUT_OFFSET + OUT_BYTES <= PAYLOAD_MAX, "the pieces do not fit into the payload");

/* Begins a frame whose payload is `length` bytes. False when the supervisor is gone. */
bool out_begin(enum message type, size_t length);
void out_integer(uint64_t value, size_t length);
void out_bytes(const void *data, size_t length);
/* Where the payload of a frame will lie that is the next and the only one, and what makes it one. */
uint8_t *out_room(void);
bool out_filled(enum message type, size_t length);
bool out_flush(void);

/* --- exporter_list.c */

/* Remembers on which device everything has to lie. False when that cannot be told. */
bool export_begin(int root);
/* ENTRY* and LISTED. False when the supervisor is gone. */
bool export_list(int root, const struct export_order *order, uint64_t deadline_ns);
/* The same when the workspace cannot be opened. */
bool export_list_nothing(void);
enum entry_kind kind_of(const struct stat *about);
/* One component of a path, without following it anywhere. */
int open_component(int dir, const char *name, int flags);

/* --- exporter.c */

/* One FETCH, of which `c` has the payload. False when the supervisor is gone or speaks nonsense. */
bool export_fetch(int root, struct cursor *c, uint64_t deadline_ns);

#endif
