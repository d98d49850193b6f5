/*
 * The exporter's filter: what it needs to read files and to answer, by number and not by name of the policy, whose own
 * filter may deny the exporter what the program has no use for. Everything else ends it, and with it the sandbox.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init.h"

#if defined(__x86_64__)
#define OWN_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCH AUDIT_ARCH_AARCH64
#else
#error "no audit number for this architecture"
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
/* The lower half of an argument, on little-endian machines, which both are. */
#define LOAD_ARGUMENT(n) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args) + 8 * (n))
#define UNLESS(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (skip))
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, (action))
#define ALLOW(number) UNLESS((number), 1), RETURN(SECCOMP_RET_ALLOW)

/* Flags with which openat(2) would write. */
#define WRITING (O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND)

static const struct sock_filter FILTER[] = {
    LOAD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OWN_ARCH, 1, 0),
    RETURN(SECCOMP_RET_KILL_PROCESS),
    LOAD(nr),
    ALLOW(SYS_read),
    ALLOW(SYS_close),
    ALLOW(SYS_fstat),
    ALLOW(SYS_newfstatat),
    ALLOW(SYS_getdents64),
    ALLOW(SYS_openat2), /* its flags are in memory, where a filter cannot look; what it could write is thrown away */
    ALLOW(SYS_clock_gettime),
    ALLOW(SYS_exit_group),
    /* openat, to read */
    UNLESS(SYS_openat, 5),
    LOAD_ARGUMENT(2),
    BPF_STMT(BPF_ALU | BPF_AND | BPF_K, WRITING),
    UNLESS(0, 1),
    RETURN(SECCOMP_RET_ALLOW),
    RETURN(SECCOMP_RET_KILL_PROCESS),
    /* sendto, to the supervisor */
    UNLESS(SYS_sendto, 3),
    LOAD_ARGUMENT(0),
    UNLESS(FD_CONTROL, 1),
    RETURN(SECCOMP_RET_ALLOW),
    RETURN(SECCOMP_RET_KILL_PROCESS),
};

int exporter_confine(void) {
  struct sock_fprog program = {
      .len = sizeof FILTER / sizeof *FILTER,
      .filter = (struct sock_filter *)(uintptr_t)FILTER,
  };
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0UL, &program);
}
