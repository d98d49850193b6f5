/* What keeps a probe harmless where there is no sandbox: it asks whose processes these are, and works in a directory of its own. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"

#define LINK_BYTES 64

bool own_pids(const char *host) {
  char link[LINK_BYTES] = {0};
  /* Like `pid:[4026531836]` (namespaces(7)); whoever cannot tell is taken for the host. */
  long length = syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/ns/pid", link, sizeof link - 1);
  return length > 0 && strncmp(host, "pid:[", 5) == 0 && strcmp(link, host) != 0;
}

bool enter_own(const char *name, int count, char **parents) {
  if (*name == 0 || strchr(name, '/') != NULL) return false;
  for (int i = 0; i < count; i++) {
    if (chdir(parents[i]) != 0) continue;
    /* What somebody else made under this name is his: a set-user-ID file of ours must not get there. */
    if (say_call("mkdir", syscall(SYS_mkdirat, AT_FDCWD, name, 0700)) == 0 && chdir(name) == 0) return true;
  }
  return false;
}

void leave_own(const char *name) {
  if (chdir("..") == 0) syscall(SYS_unlinkat, AT_FDCWD, name, AT_REMOVEDIR);
}
