/*
 * The last privileges. Some launchers (nsjail) leave further user namespaces possible; init closes them itself, for
 * which it is started with CAP_SYS_RESOURCE and CAP_SETPCAP inside the sandbox's user namespace, and gives those up
 * at once. Whatever the launcher, no capability may be left in any set afterwards.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init.h"

/* The host's /proc/sys/user/max_user_namespaces, bound where a read-only /proc does not cover it. */
#define MAX_USER_NAMESPACES "/dev/.max_user_namespaces"

/* A sysctl of user namespaces belongs to the writer's own one: the host's value is not touched (user_namespaces(7)). */
static void forbid_user_namespaces(void) {
  int fd = open(MAX_USER_NAMESPACES, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0 || write(fd, "0", 1) != 1) fail(STEP_CAPABILITIES, 10, errno);
  if (close(fd) != 0) fail(STEP_CAPABILITIES, 11, errno);
}

static void empty_capability_sets(void) {
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) fail(STEP_CAPABILITIES, 12, errno);
  for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) {
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) fail(STEP_CAPABILITIES, 13, errno);
  }
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0, 0, 0}};
  if (syscall(SYS_capset, &header, none) != 0) fail(STEP_CAPABILITIES, 14, errno);
}

void drop_privileges(void) {
  forbid_user_namespaces();
  empty_capability_sets();
}

void require_no_capabilities(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {{0, 0, 0}};
  if (syscall(SYS_capget, &header, sets) != 0) fail(STEP_CAPABILITIES, 0, errno);
  for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
    if (sets[i].effective != 0 || sets[i].permitted != 0 || sets[i].inheritable != 0) fail(STEP_CAPABILITIES, 1, EPERM);
  }
  for (unsigned long capability = 0;; capability++) {
    int bound = prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
    if (bound < 0) return; /* past the last one that this kernel knows */
    if (bound > 0) fail(STEP_CAPABILITIES, 2, EPERM);
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, capability, 0, 0) > 0) fail(STEP_CAPABILITIES, 3, EPERM);
  }
}
