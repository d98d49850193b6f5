/*
 * Landlock (landlock(7)): a further layer over mounts and namespaces, and the only one that can forbid executing what
 * the program wrote. The supervisor decides the rules from the ABI that `probe` reported; here they are only applied,
 * and a rule that cannot be is an error, never skipped.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init.h"

/* As of ABI 6. Headers may be older than the kernel; fields that a kernel does not know must be zero, which the
 * supervisor sees to (a larger structure with a zero tail is accepted). */
struct ruleset_attr {
  uint64_t handled_access_fs;
  uint64_t handled_access_net;
  uint64_t scoped;
};

/* The rights that a rule on something other than a directory may have: execute, write, read, truncate, ioctl. */
#define FILE_RIGHTS (1U << 0 | 1U << 1 | 1U << 2 | 1U << 14 | 1U << 15)

/* landlock_add_rule(2): packed, unlike everything else. */
struct path_beneath {
  uint64_t allowed_access;
  int32_t parent_fd;
} __attribute__((packed));

static void add_rule(int ruleset, const struct landlock_rule *rule, uint32_t index) {
  int fd = open(rule->path, O_PATH | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) fail(STEP_LANDLOCK, index, errno);
  struct stat target;
  if (fstat(fd, &target) != 0) fail(STEP_LANDLOCK, index, errno);
  uint64_t access = S_ISDIR(target.st_mode) ? rule->access : rule->access & FILE_RIGHTS;
  struct path_beneath beneath = {.allowed_access = access, .parent_fd = fd};
  if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) != 0) {
    fail(STEP_LANDLOCK, index, errno);
  }
  close(fd);
}

int landlock_ruleset(const struct landlock_plan *plan) {
  struct ruleset_attr attr = {
      .handled_access_fs = plan->handled_fs,
      .handled_access_net = plan->handled_net,
      .scoped = plan->scoped,
  };
  if (attr.handled_access_fs == 0 && attr.handled_access_net == 0 && attr.scoped == 0) return -1;
  int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
  if (ruleset < 0) fail(STEP_LANDLOCK, 1000, errno);
  if (fcntl(ruleset, F_SETFD, FD_CLOEXEC) != 0) fail(STEP_LANDLOCK, 1001, errno);
  for (uint32_t i = 0; i < plan->rule_count; i++) add_rule(ruleset, &plan->rules[i], i);
  return ruleset;
}

int landlock_restrict(int ruleset) {
  return ruleset < 0 ? 0 : (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
}

int mode_probe(void) {
  long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return print_answer("landlock", abi > 0 ? abi : 0) ? 0 : 1;
}
