/*
 * The shipped program has no C library. The start of a static one costs more than everything that this program does
 * itself: half a millisecond in a virtual machine, where each of the CPUID instructions that look for the fastest memcpy
 * is a trap to the hypervisor; and there are two starts in each run. So the build (native-flags.bash) leaves the library
 * out, and bare_*.c are the sixty functions of it that are called here, with the library's own names, types and headers.
 *
 * The tests and the fuzzer are built without WARDER_BARE: then these files are empty and the functions are the library's,
 * with the sanitizers around them.
 */
#ifndef WARDER_BARE_H
#define WARDER_BARE_H

/* bare_start.c: sets errno to -returned and gives -1, which is what a failed call returns (syscall(2)). */
long bare_error(long returned);

#endif
