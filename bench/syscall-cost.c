/*
 * Nanoseconds per system call behind a filter, for bench/seccomp.mjs.
 *
 *   syscall-cost CALLS [FILTER]     FILTER is a file of struct sock_filter[]; without one no filter is installed
 *
 * Prints `name nanoseconds` for each kind of call, averaged over CALLS of them.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static struct sock_filter instructions[BPF_MAXINSNS];

static void install(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, instructions, sizeof(instructions));
	if (got <= 0) {
		perror(path);
		exit(2);
	}
	close(fd);
	struct sock_fprog program = { .len = (unsigned short)((size_t)got / sizeof(*instructions)), .filter = instructions };
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
		perror("seccomp");
		exit(2);
	}
}

static double now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* A call that a filter refuses would cost nothing of what is measured. */
static long checked(const char *name, long result)
{
	if (result < 0) {
		perror(name);
		exit(2);
	}
	return result;
}

#define MEASURE(name, call)                                                           \
	do {                                                                          \
		checked(name, call);                                                  \
		double start = now_ns();                                              \
		for (long i = 0; i < calls; i++)                                      \
			call;                                                         \
		printf("%s %.2f\n", name, (now_ns() - start) / (double)calls);        \
	} while (0)

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	long calls = strtol(argv[1], NULL, 10);
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	char byte;
	struct timespec time;
	if (argc > 2)
		install(argv[2]);
	MEASURE("getppid", syscall(SYS_getppid));
	MEASURE("read", syscall(SYS_read, zero, &byte, 1));
	MEASURE("clock_gettime", syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &time));
	MEASURE("prctl(PR_GET_DUMPABLE)", syscall(SYS_prctl, PR_GET_DUMPABLE, 0, 0, 0, 0));
	MEASURE("prctl(PR_GET_TID_ADDRESS)", syscall(SYS_prctl, PR_GET_TID_ADDRESS, &time, 0, 0, 0));
	MEASURE("personality(query)", syscall(SYS_personality, 0xffffffffUL));
	return 0;
}
