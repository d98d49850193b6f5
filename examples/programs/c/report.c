/* Reads orders from standard input and prints a report: POSIX regular expressions, UTF-8, big integers by hand, threads,
 * files, JSON by hand. */
#include <pthread.h>
#include <regex.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_ORDERS = 100, FIELDS = 7, PLACES = 16, WORKERS = 4, PRIME_LIMIT = 20000 };

struct order {
  char customer[64];
  long cents;
  char note[128];
};

struct total {
  const char *customer;
  long cents;
};

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void copy_field(char *to, size_t size, const char *line, regmatch_t field) {
  snprintf(to, size, "%.*s", (int)(field.rm_eo - field.rm_so), line + field.rm_so);
}

/* False for a line that is no order. */
static bool parse(const regex_t *pattern, const char *line, struct order *order) {
  regmatch_t found[FIELDS];
  if (regexec(pattern, line, FIELDS, found, 0) != 0) return false;
  long price = atol(line + found[4].rm_so) * 100 + atol(line + found[5].rm_so);
  order->cents = atol(line + found[3].rm_so) * price;
  copy_field(order->customer, sizeof order->customer, line, found[2]);
  copy_field(order->note, sizeof order->note, line, found[6]);
  return true;
}

/* Code points of UTF-8: every byte but those that continue one. */
static int length(const char *text) {
  int count = 0;
  for (; *text; text++) count += ((unsigned char)*text & 0xc0) != 0x80;
  return count;
}

static int by_total(const void *a, const void *b) {
  const struct total *x = a, *y = b;
  if (x->cents != y->cents) return x->cents < y->cents ? 1 : -1;
  return strcmp(x->customer, y->customer);
}

static int totals_of(const struct order *orders, int count, struct total *totals) {
  int customers = 0;
  for (int i = 0; i < count; i++) {
    int at = 0;
    while (at < customers && strcmp(totals[at].customer, orders[i].customer) != 0) at++;
    if (at == customers) totals[customers++] = (struct total){orders[i].customer, 0};
    totals[at].cents += orders[i].cents;
  }
  qsort(totals, (size_t)customers, sizeof *totals, by_total);
  return customers;
}

/* An integer of up to 144 digits, nine to a place, the lowest first. */
struct big {
  uint32_t place[PLACES];
};

static void times(struct big *big, uint32_t factor) {
  uint64_t carry = 0;
  for (int i = 0; i < PLACES; i++) {
    carry += (uint64_t)big->place[i] * factor;
    big->place[i] = (uint32_t)(carry % 1000000000);
    carry /= 1000000000;
  }
}

static struct big plus(const struct big *a, const struct big *b) {
  struct big sum;
  uint32_t carry = 0;
  for (int i = 0; i < PLACES; i++) {
    carry += a->place[i] + b->place[i];
    sum.place[i] = carry % 1000000000;
    carry /= 1000000000;
  }
  return sum;
}

static void print_big(FILE *out, const char *name, const struct big *big) {
  int top = PLACES - 1;
  while (top > 0 && big->place[top] == 0) top--;
  fprintf(out, "%s = %u", name, big->place[top]);
  while (top > 0) fprintf(out, "%09u", big->place[--top]);
  fputc('\n', out);
}

struct part {
  pthread_t thread;
  int from, to, count;
  long sum;
};

static bool is_prime(int number) {
  if (number < 2) return false;
  for (int divisor = 2; divisor * divisor <= number; divisor++)
    if (number % divisor == 0) return false;
  return true;
}

static void *find_primes(void *argument) {
  struct part *part = argument;
  for (int number = part->from; number < part->to; number++) {
    if (!is_prime(number)) continue;
    part->count++;
    part->sum += number;
  }
  return NULL;
}

static struct part count_primes(void) {
  struct part parts[WORKERS] = {0}, all = {0};
  for (int i = 0; i < WORKERS; i++) {
    parts[i].from = i * (PRIME_LIMIT / WORKERS);
    parts[i].to = parts[i].from + PRIME_LIMIT / WORKERS;
    if (pthread_create(&parts[i].thread, NULL, find_primes, &parts[i]) != 0) die("pthread_create");
  }
  for (int i = 0; i < WORKERS; i++) {
    pthread_join(parts[i].thread, NULL);
    all.count += parts[i].count;
    all.sum += parts[i].sum;
  }
  return all;
}

/* Writes the text, reads it back, and tells what was there. */
static void check_file(const char *text) {
  mkdir("out", 0755);
  FILE *file = fopen("out/report.txt", "w+");
  if (!file || fputs(text, file) < 0) die("out/report.txt");
  rewind(file);
  uint32_t hash = 0x811c9dc5;
  int lines = 0, bytes = 0;
  for (int byte; (byte = fgetc(file)) != EOF; bytes++) {
    hash = (hash ^ (uint32_t)byte) * 0x01000193;
    lines += byte == '\n';
  }
  fclose(file);
  printf("report.txt: %d lines, %d bytes, fnv1a 0x%08x\n", lines, bytes, hash);
}

int main(void) {
  static struct order orders[MAX_ORDERS];
  static struct total totals[MAX_ORDERS];
  regex_t pattern;
  if (regcomp(&pattern, "^([0-9]+);([^;]+);([0-9]+);([0-9]+)\\.([0-9]{2});(.*)$", REG_EXTENDED) != 0) return 1;
  int accepted = 0, rejected = 0;
  const char *longest = "";
  for (char line[512]; accepted < MAX_ORDERS && fgets(line, sizeof line, stdin);) {
    line[strcspn(line, "\n")] = 0;
    if (!parse(&pattern, line, &orders[accepted])) rejected++;
    else if (length(orders[accepted++].note) > length(longest)) longest = orders[accepted - 1].note;
  }
  regfree(&pattern);
  int customers = totals_of(orders, accepted, totals);

  char *text;
  size_t size;
  FILE *report = open_memstream(&text, &size);
  if (!report) die("open_memstream");
  fprintf(report, "accepted %d, rejected %d\n", accepted, rejected);
  long total = 0;
  for (int i = 0; i < customers; i++) {
    char amount[32];
    snprintf(amount, sizeof amount, "%ld.%02ld", totals[i].cents / 100, totals[i].cents % 100);
    fprintf(report, "%s%*s\n", totals[i].customer, 26 - length(totals[i].customer), amount);
    total += totals[i].cents;
  }
  fprintf(report, "longest note: %s (%d characters)\n", longest, length(longest));
  struct big factorial = {{1}}, previous = {{0}}, current = {{1}};
  for (uint32_t factor = 2; factor <= 30; factor++) times(&factorial, factor);
  for (int i = 0; i < 150; i++) {
    struct big next = plus(&previous, &current);
    previous = current;
    current = next;
  }
  print_big(report, "30!", &factorial);
  print_big(report, "fib(150)", &previous);
  struct part primes = count_primes();
  fprintf(report, "primes below 20000: %d, sum %ld\n", primes.count, primes.sum);
  fclose(report);
  fputs(text, stdout);

  check_file(text);
  printf("{\"accepted\":%d,\"rejected\":%d,\"total\":\"%ld.%02ld\",\"customers\":[", accepted, rejected, total / 100, total % 100);
  for (int i = 0; i < customers; i++) printf("%s\"%s\"", i > 0 ? "," : "", totals[i].customer);
  puts("]}");
  free(text);
}
