/* Network: sockets of every family, and where they get to. Nothing is sent that a probe was not asked for. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"

/* SOCK_MAX of linux/net.h: no type of any family, so that no family's code is loaded. EINVAL: the kernel looked at it. */
#define NO_TYPE 11
#define CONNECT_MS 500

static void name_number(char *name, size_t length, unsigned number) {
  char digits[12];
  size_t count = 0;
  do {
    digits[count++] = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  while (count > 0) name[length++] = digits[--count];
  name[length] = 0;
}

/* families FROM TO HIGH: socket() with each family and a type that does not exist; HIGH is put above the low 32 bits. */
static int probe_families(int argc, char **argv) {
  unsigned long last = parse_number(argument(argc, argv, 1, "46"));
  unsigned long high = parse_number(argument(argc, argv, 2, "0")) << 32;
  for (unsigned long family = parse_number(argument(argc, argv, 0, "0")); family <= last; family++) {
    char name[32] = "family ";
    name_number(name, 7, (unsigned)family);
    say_call(name, syscall(SYS_socket, high | family, NO_TYPE, 0));
  }
  return 0;
}

/* Sixteen bytes, as dotted decimal (four) or as eight groups of hexadecimal digits that are all written out. */
static size_t parse_address(const char *text, unsigned char *bytes) {
  bool is_long = strchr(text, ':') != NULL;
  size_t at = 0;
  while (*text != 0 && at < 16) {
    unsigned long part = 0;
    for (; *text != 0 && *text != ':' && *text != '.'; text++) {
      char lower = (char)(*text | 0x20);
      unsigned digit = (unsigned)(lower >= 'a' ? lower - 'a' + 10 : *text - '0');
      part = part * (is_long ? 16 : 10) + digit;
    }
    if (is_long) bytes[at++] = (unsigned char)(part >> 8);
    bytes[at++] = (unsigned char)part;
    if (*text != 0) text++;
  }
  return at;
}

/* The answer to a connection under way, as errno; 0 when it is there. */
static long finish(int fd) {
  struct pollfd one = {.fd = fd, .events = POLLOUT};
  if (poll(&one, 1, CONNECT_MS) == 0) {
    errno = EINPROGRESS;
    return -1;
  }
  int error = 0;
  socklen_t size = sizeof error;
  if (syscall(SYS_getsockopt, fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return -1;
  errno = error;
  return error == 0 ? 0 : -1;
}

/* dial TYPE PROTOCOL ADDRESS PORT: `socket`, then `connect`. A datagram socket sends nothing by that; the route is what is asked for. */
static int probe_dial(int argc, char **argv) {
  if (argc < 4) return 64;
  unsigned char bytes[16] = {0};
  bool is_long = parse_address(argv[2], bytes) == sizeof bytes;
  uint16_t port = (uint16_t)parse_number(argv[3]);
  struct sockaddr_in6 six = {.sin6_family = AF_INET6};
  struct sockaddr_in four = {.sin_family = AF_INET};
  six.sin6_port = four.sin_port = (uint16_t)(port << 8 | port >> 8);
  memcpy(&six.sin6_addr, bytes, sizeof bytes);
  memcpy(&four.sin_addr, bytes, 4);
  long type = (long)parse_number(argv[0]) | SOCK_CLOEXEC | SOCK_NONBLOCK;
  int fd = (int)syscall(SYS_socket, is_long ? AF_INET6 : AF_INET, type, parse_number(argv[1]));
  if (say_call("socket", fd) < 0) return 0;
  long connected = is_long ? syscall(SYS_connect, fd, &six, sizeof six) : syscall(SYS_connect, fd, &four, sizeof four);
  if (connected != 0 && errno == EINPROGRESS) connected = finish(fd);
  say_call("connect", connected);
  return 0;
}

/* fresh-network: namespaces of one's own, in which netfilter and traffic control would be ours to configure. */
static int probe_fresh_network(int argc, char **argv) {
  (void)argc;
  (void)argv;
  /* CLONE_NEWUSER | CLONE_NEWNET */
  say_call("unshare", syscall(SYS_unshare, 0x50000000L));
  /* A type that does not exist: EINVAL comes before the kernel loads a module for the protocol. */
  say_call("netfilter", syscall(SYS_socket, AF_NETLINK, NO_TYPE, 12));
  return 0;
}

const struct probe network_probes[] = {
    {"families", probe_families}, {"dial", probe_dial}, {"fresh-network", probe_fresh_network}, {NULL, NULL}};
