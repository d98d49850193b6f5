/* What two runs could meet by: System V and POSIX objects, keys, locks, watches, sockets. Everything is removed again. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "probe.h"

#define SLICE_MS 10
#define KEYRING_PROCESS (-2L)
#define KEYRING_USER (-4L)
#define KEYCTL_READ_KEY 11L
#define KEYCTL_SEARCH_RING 10L
#define KEYCTL_UNLINK_KEY 9L

/* The same for every process of the host, unless time namespaces differ. */
static long now_ms(void) {
  struct timespec now = {0};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void sleep_ms(long ms) {
  struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
  syscall(SYS_ppoll, NULL, 0, &pause, NULL, 0);
}

/* hold MS: lives that long, and says from when to when. */
static int probe_hold(int argc, char **argv) {
  say_number("from", now_ms());
  sleep_ms((long)parse_number(argument(argc, argv, 0, "1000")));
  say_number("to", now_ms());
  return 0;
}

/* ipc-make KEY NAME: one object of each kind, for everybody. */
static int probe_ipc_make(int argc, char **argv) {
  long key = (long)parse_number(argument(argc, argv, 0, "0"));
  const long flags = IPC_CREAT | IPC_EXCL | 0666;
  say_call("shmget", syscall(SYS_shmget, key, 4096UL, flags));
  say_call("semget", syscall(SYS_semget, key, 1, flags));
  say_call("msgget", syscall(SYS_msgget, key, flags));
  say_call("mq_open", syscall(SYS_mq_open, argument(argc, argv, 1, "none"), O_RDWR | O_CREAT | O_EXCL, 0666, NULL));
  return 0;
}

static void look_once(long key, const char *name) {
  say_call("shmget", syscall(SYS_shmget, key, 0UL, 0));
  say_call("semget", syscall(SYS_semget, key, 0, 0));
  say_call("msgget", syscall(SYS_msgget, key, 0));
  say_call("mq_open", syscall(SYS_mq_open, name, O_RDONLY, 0, NULL));
}

/* ipc-look KEY NAME: is there any of them? */
static int probe_ipc_look(int argc, char **argv) {
  look_once((long)parse_number(argument(argc, argv, 0, "0")), argument(argc, argv, 1, "none"));
  return 0;
}

/* ipc-remove KEY NAME */
static int probe_ipc_remove(int argc, char **argv) {
  long key = (long)parse_number(argument(argc, argv, 0, "0"));
  syscall(SYS_shmctl, syscall(SYS_shmget, key, 0UL, 0), IPC_RMID, NULL);
  syscall(SYS_semctl, syscall(SYS_semget, key, 0, 0), 0, IPC_RMID, NULL);
  syscall(SYS_msgctl, syscall(SYS_msgget, key, 0), IPC_RMID, NULL);
  syscall(SYS_mq_unlink, argument(argc, argv, 1, "none"));
  return 0;
}

/* key-put NAME: a key in the keyring of the user, which outlives the process. */
static int probe_key_put(int argc, char **argv) {
  const char *name = argument(argc, argv, 0, "none");
  say_call("add_key", syscall(SYS_add_key, "user", name, name, strlen(name), KEYRING_USER));
  return 0;
}

/* key-look NAME: finds it, and with `remove` takes it out again. */
static int probe_key_look(int argc, char **argv) {
  const char *name = argument(argc, argv, 0, "none");
  say_call("request_key", syscall(SYS_request_key, "user", name, NULL, KEYRING_PROCESS));
  long key = syscall(SYS_keyctl, KEYCTL_SEARCH_RING, KEYRING_USER, "user", name, 0L);
  if (say_call("keyctl", key) < 0) return 0;
  char content[64];
  long length = syscall(SYS_keyctl, KEYCTL_READ_KEY, key, content, sizeof content);
  if (length > 0) say_bytes("data", content, (size_t)length < sizeof content ? (size_t)length : sizeof content);
  if (strcmp(argument(argc, argv, 1, ""), "remove") == 0) syscall(SYS_keyctl, KEYCTL_UNLINK_KEY, key, KEYRING_USER);
  return 0;
}

/* locks PATH: every kind of lock, lease and notification on a file that others see as well; held for MS. */
static int probe_locks(int argc, char **argv) {
  int fd = open(argument(argc, argv, 0, "/"), O_RDONLY | O_CLOEXEC);
  int dir = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  say_call("open", fd);
  struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
  say_call("flock", syscall(SYS_flock, fd, LOCK_EX | LOCK_NB));
  say_call("F_SETLK", syscall(SYS_fcntl, fd, F_SETLK, &lock));
  say_call("F_GETLK", syscall(SYS_fcntl, fd, F_GETLK, &lock));
  lock = (struct flock){.l_type = F_RDLCK, .l_whence = SEEK_SET};
  say_call("F_OFD_SETLK", syscall(SYS_fcntl, fd, F_OFD_SETLK, &lock));
  say_call("F_NOTIFY", syscall(SYS_fcntl, dir, F_NOTIFY, DN_CREATE));
  sleep_ms((long)parse_number(argument(argc, argv, 1, "0")));
  return 0;
}

/* lock-look PATH MS: asks again and again whether somebody else holds a lock on it. */
static int probe_lock_look(int argc, char **argv) {
  int fd = open(argument(argc, argv, 0, "/"), O_RDONLY | O_CLOEXEC);
  say_call("open", fd);
  long end = now_ms() + (long)parse_number(argument(argc, argv, 1, "500"));
  long seen = 0;
  do {
    seen = syscall(SYS_flock, fd, LOCK_SH | LOCK_NB);
    if (seen != 0) break;
    syscall(SYS_flock, fd, LOCK_UN);
    sleep_ms(SLICE_MS);
  } while (now_ms() < end);
  say_call("lock of another", seen == 0 ? 0 : -1);
  return 0;
}

/* watch PATH: a watch on a file that others see as well. */
static int probe_watch(int argc, char **argv) {
  int fd = (int)syscall(SYS_inotify_init1, IN_CLOEXEC | IN_NONBLOCK);
  if (say_call("inotify_init1", fd) < 0) return 0;
  say_call("inotify_add_watch", syscall(SYS_inotify_add_watch, fd, argument(argc, argv, 0, "/"), IN_OPEN));
  return 0;
}

static size_t abstract_address(const char *name, struct sockaddr_un *address) {
  size_t length = strlen(name);
  *address = (struct sockaddr_un){.sun_family = AF_UNIX};
  if (length > sizeof address->sun_path - 1) length = sizeof address->sun_path - 1;
  memcpy(address->sun_path + 1, name, length);
  return offsetof(struct sockaddr_un, sun_path) + 1 + length;
}

/* abstract-listen NAME MS */
static int probe_abstract_listen(int argc, char **argv) {
  struct sockaddr_un address;
  size_t length = abstract_address(argument(argc, argv, 0, "none"), &address);
  int fd = (int)syscall(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (say_call("socket", fd) >= 0) {
    say_call("bind", syscall(SYS_bind, fd, &address, length));
    say_call("listen", syscall(SYS_listen, fd, 8));
  }
  say_number("from", now_ms());
  sleep_ms((long)parse_number(argument(argc, argv, 1, "1000")));
  say_number("to", now_ms());
  return 0;
}

/* abstract-look NAME MS: connects as soon as somebody listens. */
static int probe_abstract_look(int argc, char **argv) {
  struct sockaddr_un address;
  size_t length = abstract_address(argument(argc, argv, 0, "none"), &address);
  long end = now_ms() + (long)parse_number(argument(argc, argv, 1, "500"));
  long answer = -1;
  say_number("from", now_ms());
  do {
    int fd = (int)syscall(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    answer = fd < 0 ? fd : syscall(SYS_connect, fd, &address, length);
    int error = errno;
    if (fd < 0) break;
    close(fd);
    errno = error;
    if (answer == 0) break;
    sleep_ms(SLICE_MS);
    errno = error;
  } while (now_ms() < end);
  say_call("connect", answer);
  say_number("to", now_ms());
  return 0;
}

static const char *const mark_places[] = {"/tmp", "/dev/shm", "/workspace", "/var/tmp", "/run", "/dev/mqueue"};

/* marks TOKEN: a file of that name wherever one can be written; prints `made` for each. */
static int probe_marks(int argc, char **argv) {
  const char *token = argument(argc, argv, 0, "none");
  for (size_t i = 0; i < sizeof mark_places / sizeof *mark_places; i++) {
    int dir = open(mark_places[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0) continue;
    int fd = (int)syscall(SYS_openat, dir, token, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0) say("made", mark_places[i]);
    if (fd >= 0) close(fd);
    close(dir);
  }
  return 0;
}

/* unmark NAMES…: takes away what `marks` and its like left. */
static int probe_unmark(int argc, char **argv) {
  for (size_t i = 0; i < sizeof mark_places / sizeof *mark_places; i++) {
    int dir = open(mark_places[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0) continue;
    for (int name = 0; name < argc; name++) syscall(SYS_unlinkat, dir, argv[name], 0);
    close(dir);
  }
  return 0;
}

const struct probe ipc_probes[] = {
    {"hold", probe_hold},
    {"ipc-make", probe_ipc_make},
    {"ipc-look", probe_ipc_look},
    {"ipc-remove", probe_ipc_remove},
    {"key-put", probe_key_put},
    {"key-look", probe_key_look},
    {"locks", probe_locks},
    {"lock-look", probe_lock_look},
    {"watch", probe_watch},
    {"abstract-listen", probe_abstract_listen},
    {"abstract-look", probe_abstract_look},
    {"marks", probe_marks},
    {"unmark", probe_unmark},
    {NULL, NULL},
};
