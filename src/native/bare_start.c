/* Where the kernel enters the program, and what cannot be said in C: system calls and a thread on a stack of its own. */
#include "bare.h"

#ifdef WARDER_BARE

#include <elf.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv);
_Noreturn void bare_start(char **stack);
void __stack_chk_fail(void);

/* What the compiler puts below the return address; -mstack-protector-guard=global where that is not the default. */
uintptr_t __stack_chk_guard;

static int error_number;

int *__errno_location(void) { return &error_number; }

long bare_error(long returned) {
  error_number = (int)-returned;
  return -1;
}

/* A trap and not a signal to oneself, which process 1 would survive (pid_namespaces(7)). */
_Noreturn void __stack_chk_fail(void) { __builtin_trap(); }

/* Random, with a zero byte that no string can carry. Without the kernel's random bytes nothing is started. */
static uintptr_t make_guard(const Elf64_auxv_t *vector) {
  for (; vector->a_type != AT_NULL; vector++) {
    if (vector->a_type != AT_RANDOM) continue;
    uintptr_t random;
    memcpy(&random, (const void *)vector->a_un.a_val, sizeof random);
    return random & ~(uintptr_t)0xff;
  }
  __builtin_trap();
}

/* The initial stack: argc, argv, NULL, environment, NULL, auxiliary vector (System V ABI, "Process Initialization"). */
_Noreturn void bare_start(char **stack) {
  int argc = (int)(intptr_t)stack[0];
  char **argv = stack + 1;
  char **after = argv + argc + 1;
  while (*after != NULL) after++;
  __stack_chk_guard = make_guard((const Elf64_auxv_t *)(void *)(after + 1));
  _exit(main(argc, argv));
}

/*
 * syscall(2): the number and the arguments move one register down. clone(2): function and argument wait on the new stack
 * for the child, since it finds nothing else of ours there; its end is exit_group, as in the C library.
 */
#if defined(__x86_64__)
__asm__(".text\n"
        ".globl _start\n"
        ".type _start, @function\n"
        "_start:\n"
        "  endbr64\n"
        "  xorl %ebp, %ebp\n"
        "  movq %rsp, %rdi\n"
        "  andq $-16, %rsp\n"
        "  call bare_start\n"
        ".size _start, . - _start\n"
        ".globl syscall\n"
        ".type syscall, @function\n"
        "syscall:\n"
        "  endbr64\n"
        "  movq %rdi, %rax\n"
        "  movq %rsi, %rdi\n"
        "  movq %rdx, %rsi\n"
        "  movq %rcx, %rdx\n"
        "  movq %r8, %r10\n"
        "  movq %r9, %r8\n"
        "  movq 8(%rsp), %r9\n"
        "  syscall\n"
        "  cmpq $-4095, %rax\n"
        "  jae 1f\n"
        "  ret\n"
        "1: movq %rax, %rdi\n"
        "  jmp bare_error\n"
        ".size syscall, . - syscall\n"
        ".globl clone\n"
        ".type clone, @function\n"
        "clone:\n"
        "  endbr64\n"
        "  andq $-16, %rsi\n"
        "  subq $16, %rsi\n"
        "  movq %rdi, 0(%rsi)\n"
        "  movq %rcx, 8(%rsi)\n"
        "  movl %edx, %edi\n"
        "  xorl %edx, %edx\n"
        "  xorl %r10d, %r10d\n"
        "  xorl %r8d, %r8d\n"
        "  movl $56, %eax\n"
        "  syscall\n"
        "  testq %rax, %rax\n"
        "  jz 2f\n"
        "  cmpq $-4095, %rax\n"
        "  jae 1b\n"
        "  ret\n"
        "2: xorl %ebp, %ebp\n"
        "  popq %rax\n"
        "  popq %rdi\n"
        "  call *%rax\n"
        "  movl %eax, %edi\n"
        "  movl $231, %eax\n"
        "  syscall\n"
        "  ud2\n"
        ".size clone, . - clone\n");
#elif defined(__aarch64__)
__asm__(".text\n"
        ".globl _start\n"
        ".type _start, %function\n"
        "_start:\n"
        "  hint #34\n" /* bti c */
        "  mov x29, #0\n"
        "  mov x30, #0\n"
        "  mov x0, sp\n"
        "  bl bare_start\n"
        ".size _start, . - _start\n"
        ".globl syscall\n"
        ".type syscall, %function\n"
        "syscall:\n"
        "  hint #34\n"
        "  mov x8, x0\n"
        "  mov x0, x1\n"
        "  mov x1, x2\n"
        "  mov x2, x3\n"
        "  mov x3, x4\n"
        "  mov x4, x5\n"
        "  mov x5, x6\n"
        "  svc #0\n"
        "  cmn x0, #4095\n"
        "  b.hs bare_error\n"
        "  ret\n"
        ".size syscall, . - syscall\n"
        ".globl clone\n"
        ".type clone, %function\n"
        "clone:\n"
        "  hint #34\n"
        "  and x1, x1, #-16\n"
        "  stp x0, x3, [x1, #-16]!\n"
        "  mov w0, w2\n"
        "  mov x2, #0\n"
        "  mov x3, #0\n"
        "  mov x4, #0\n"
        "  mov x8, #220\n"
        "  svc #0\n"
        "  cbz x0, 1f\n"
        "  cmn x0, #4095\n"
        "  b.hs bare_error\n"
        "  ret\n"
        "1: mov x29, #0\n"
        "  mov x30, #0\n"
        "  ldp x1, x0, [sp], #16\n"
        "  blr x1\n"
        "  mov x8, #94\n"
        "  svc #0\n"
        "  brk #1\n"
        ".size clone, . - clone\n");
#else
#error "no start for this architecture"
#endif

#endif
