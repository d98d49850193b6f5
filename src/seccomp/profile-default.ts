/**
 * The `default` profile: what interpreters, compilers and shell tools call in ordinary work. The prologue stands
 * above it, so a name here may still be refused for some arguments. What is listed nowhere answers ENOSYS.
 *
 * Left out on purpose, although harmless to most: sync and syncfs (they flush the host's file systems), splice, tee
 * and vmsplice (page-cache bugs; callers fall back), asynchronous I/O (io_setup …), memfd_secret, remap_file_pages,
 * mbind and set_mempolicy. A policy can add these with `seccomp.allow`.
 */
export interface ProfileGroup {
  readonly why: string;
  readonly syscalls: readonly string[];
}

function group(why: string, names: string): ProfileGroup {
  return { why, syscalls: names.trim().split(/\s+/) };
}

export const DEFAULT_GROUPS: readonly ProfileGroup[] = [
  group(
    'reading and writing',
    `read write pread64 pwrite64 readv writev preadv pwritev preadv2 pwritev2 lseek sendfile copy_file_range
     fsync fdatasync sync_file_range readahead fadvise64 dup dup2 dup3 fcntl flock ioctl pipe pipe2`,
  ),
  group(
    'opening files and looking at them',
    `open openat openat2 creat close close_range stat fstat lstat newfstatat statx statfs fstatfs access faccessat
     faccessat2 readlink readlinkat getdents getdents64 getcwd chdir fchdir getxattr lgetxattr fgetxattr listxattr
     llistxattr flistxattr inotify_init inotify_init1 inotify_add_watch inotify_rm_watch`,
  ),
  group(
    'changing files',
    `truncate ftruncate fallocate rename renameat renameat2 mkdir mkdirat rmdir link linkat unlink unlinkat symlink
     symlinkat chmod fchmod fchmodat chown fchown lchown fchownat umask utime utimes futimesat utimensat mknod mknodat
     setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr`,
  ),
  group(
    'memory, including that of just-in-time compilers',
    `brk mmap munmap mprotect mremap madvise msync mincore mlock mlock2 munlock mlockall munlockall pkey_alloc pkey_free
     pkey_mprotect membarrier get_mempolicy memfd_create`,
  ),
  group(
    'starting and ending processes and threads',
    `clone fork vfork execve execveat exit exit_group wait4 waitid set_tid_address set_robust_list get_robust_list rseq
     arch_prctl prctl personality unshare restart_syscall pidfd_open pidfd_send_signal`,
  ),
  group(
    'process identity and groups',
    `getpid getppid gettid getpgid setpgid getpgrp setsid getsid getuid geteuid getgid getegid getresuid getresgid
     getgroups setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid capget capset`,
  ),
  group(
    'limits, scheduling and accounting of oneself',
    `getrlimit setrlimit prlimit64 getrusage times sysinfo uname getcpu sched_yield sched_getaffinity sched_setaffinity
     sched_getparam sched_setparam sched_getscheduler sched_setscheduler sched_getattr sched_setattr
     sched_get_priority_max sched_get_priority_min sched_rr_get_interval getpriority setpriority ioprio_get ioprio_set`,
  ),
  group(
    'signals; the pid namespace holds whom they reach',
    `rt_sigaction rt_sigprocmask rt_sigpending rt_sigtimedwait rt_sigsuspend rt_sigreturn rt_sigqueueinfo
     rt_tgsigqueueinfo sigaltstack signalfd signalfd4 kill tkill tgkill pause`,
  ),
  group(
    'clocks and timers',
    `nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time alarm getitimer setitimer timer_create
     timer_settime timer_gettime timer_getoverrun timer_delete timerfd_create timerfd_settime timerfd_gettime`,
  ),
  group(
    'waiting for events and for other threads',
    `poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd
     eventfd2 futex futex_waitv`,
  ),
  group(
    'sockets of the families that the network mode opens',
    `socket socketpair bind connect listen accept accept4 getsockname getpeername sendto recvfrom sendmsg recvmsg
     sendmmsg recvmmsg shutdown setsockopt getsockopt`,
  ),
  group(
    'System V and POSIX message queues, semaphores and shared memory, inside the IPC namespace',
    `shmget shmat shmctl shmdt semget semop semctl semtimedop msgget msgsnd msgrcv msgctl mq_open mq_unlink
     mq_timedsend mq_timedreceive mq_notify mq_getsetattr`,
  ),
  group('random numbers', 'getrandom'),
  group(
    'narrowing oneself further, as some programs do',
    'seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self',
  ),
];
