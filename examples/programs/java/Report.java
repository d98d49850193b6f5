import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Reads orders from standard input and prints a report: regular expressions, Unicode, big integers, threads, files, and
 * JSON by hand (the standard library has none).
 */
public class Report {
  private static final Pattern LINE =
      Pattern.compile("([0-9]+);([^;]+);([0-9]+);([0-9]+)\\.([0-9]{2});(.*)");

  record Order(String customer, long cents, String note) {}

  record Total(String customer, long cents) {}

  record Primes(long count, long sum) {
    Primes plus(Primes other) {
      return new Primes(count + other.count, sum + other.sum);
    }
  }

  /** Empty for a line that is no order. */
  static Optional<Order> parse(String line) {
    var found = LINE.matcher(line);
    if (!found.matches()) return Optional.empty();
    long price = Long.parseLong(found.group(4)) * 100 + Long.parseLong(found.group(5));
    long cents = Long.parseLong(found.group(3)) * price;
    return Optional.of(new Order(found.group(2), cents, found.group(6)));
  }

  static String amount(long cents) {
    return "%d.%02d".formatted(cents / 100, cents % 100);
  }

  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - length(text)));
  }

  static List<Total> totalsOf(List<Order> orders) {
    Map<String, Long> sums = new TreeMap<>();
    for (Order order : orders) sums.merge(order.customer(), order.cents(), Long::sum);
    return sums.entrySet().stream()
        .map(entry -> new Total(entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparingLong(Total::cents).reversed())
        .toList();
  }

  static BigInteger factorial(int number) {
    return IntStream.rangeClosed(2, number)
        .mapToObj(BigInteger::valueOf)
        .reduce(BigInteger.ONE, BigInteger::multiply);
  }

  static BigInteger fibonacci(int number) {
    BigInteger previous = BigInteger.ZERO;
    BigInteger current = BigInteger.ONE;
    for (int index = 0; index < number; index++) {
      BigInteger next = previous.add(current);
      previous = current;
      current = next;
    }
    return previous;
  }

  static boolean isPrime(int number) {
    if (number < 2) return false;
    for (int divisor = 2; divisor * divisor <= number; divisor++) {
      if (number % divisor == 0) return false;
    }
    return true;
  }

  static Primes primesBetween(int from, int to) {
    int[] found = IntStream.range(from, to).filter(Report::isPrime).toArray();
    return new Primes(found.length, IntStream.of(found).asLongStream().sum());
  }

  static Primes countPrimes(int limit, int workers) throws Exception {
    var pool = Executors.newFixedThreadPool(workers);
    try {
      int step = limit / workers;
      List<Callable<Primes>> parts = new ArrayList<>();
      for (int at = 0; at < limit; at += step) {
        int from = at;
        parts.add(() -> primesBetween(from, from + step));
      }
      Primes all = new Primes(0, 0);
      for (var part : pool.invokeAll(parts)) all = all.plus(part.get());
      return all;
    } finally {
      pool.shutdown();
    }
  }

  static int fnv1a(byte[] data) {
    int value = 0x811c9dc5;
    for (byte one : data) value = (value ^ (one & 0xff)) * 0x01000193;
    return value;
  }

  static byte[] writeAndRead(Path path, String text) throws IOException {
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
    return Files.readAllBytes(path);
  }

  static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  public static void main(String[] args) throws Exception {
    var lines = new String(System.in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    var orders = lines.stream().map(Report::parse).flatMap(Optional::stream).toList();
    int rejected = lines.size() - orders.size();
    var ranking = totalsOf(orders);
    String longest = "";
    for (Order order : orders) if (length(order.note()) > length(longest)) longest = order.note();
    Primes primes = countPrimes(20_000, 4);

    List<String> report = new ArrayList<>();
    report.add("accepted %d, rejected %d".formatted(orders.size(), rejected));
    for (Total total : ranking) report.add(pad(total.customer(), 16) + "%10s".formatted(amount(total.cents())));
    report.add("longest note: %s (%d characters)".formatted(longest, length(longest)));
    report.add("30! = " + factorial(30));
    report.add("fib(150) = " + fibonacci(150));
    report.add("primes below 20000: %d, sum %d".formatted(primes.count(), primes.sum()));
    String text = report.stream().map(line -> line + "\n").collect(Collectors.joining());

    byte[] data = writeAndRead(Path.of("out/report.txt"), text);
    long breaks = IntStream.range(0, data.length).filter(at -> data[at] == '\n').count();
    String customers = ranking.stream().map(total -> quoted(total.customer())).collect(Collectors.joining(","));
    String sum = quoted(amount(ranking.stream().mapToLong(Total::cents).sum()));
    text += "report.txt: %d lines, %d bytes, fnv1a 0x%08x\n".formatted(breaks, data.length, fnv1a(data));
    text += "{\"accepted\":%d,\"rejected\":%d,\"total\":%s,\"customers\":[%s]}\n".formatted(orders.size(), rejected, sum, customers);
    System.out.write(text.getBytes(StandardCharsets.UTF_8));
    System.out.flush();
  }
}
