/* Entering the run's cgroup leaf. */
#ifndef WARDER_LEAF_H
#define WARDER_LEAF_H

#include <sys/types.h>

#include "modes.h"

/*
 * Returns in a process that is in the leaf, with the pid of its parent: this process, moved, whose parent is the
 * supervisor, or a child of it. `paths` are the files that a process writes "0" into to join; NULL ends them.
 */
pid_t enter_leaf(char *const *paths, pid_t supervisor);

/* Dies with `parent`; for good, until the ids change. `index` tells the callers apart in FAILED. */
void die_with(pid_t parent, uint32_t index);

#endif
