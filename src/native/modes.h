/* The modes of the program, chosen by argv[1], and what they share. */
#ifndef WARDER_MODES_H
#define WARDER_MODES_H

#include "protocol.h"

int mode_launch(void);
/* What init finds: nothing to do, or privileges that it has to use and give up first (privileges.c). */
enum init_variant { INIT_PLAIN, INIT_DROP };
int mode_init(enum init_variant variant);
int mode_lock(int argc, char **argv);
/* Prints what this kernel has that only a system call can tell. */
int mode_probe(void);
/* Everything that `warder doctor` asks a kernel, and what mode_probe prints. */
int mode_survey(void);

/* Writes the line `name number` to standard output; false when it could not be written. */
bool print_answer(const char *name, long number);

/* Reports a failed step to the supervisor and ends the process. `index` says which of several, else 0. */
_Noreturn void fail(enum step step, uint32_t index, int error);

/* The one large buffer of the process: the payload being decoded. There is no heap. */
extern uint8_t payload[PAYLOAD_MAX];

#endif
