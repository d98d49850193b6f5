import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Calculates: big integers, modular arithmetic, threads, bits, a digest, box drawing.
 *
 * <p>Numbers WORKERS reads one task to a line of standard input.
 */
public final class Numbers {
  private static final int[] BASES = {2, 3, 5, 7, 11, 13};
  private static final int LINE = 60;

  private final int workers;

  private Numbers(int workers) {
    this.workers = workers;
  }

  private static BigInteger factorial(int number) {
    return IntStream.rangeClosed(2, number).mapToObj(BigInteger::valueOf).reduce(BigInteger.ONE, BigInteger::multiply);
  }

  private static BigInteger fibonacci(int number) {
    record Pair(BigInteger previous, BigInteger current) {
      Pair next() {
        return new Pair(current, previous.add(current));
      }
    }
    Stream<Pair> pairs = Stream.iterate(new Pair(BigInteger.ZERO, BigInteger.ONE), Pair::next);
    return pairs.skip(number).findFirst().orElseThrow().previous();
  }

  /** Whether the base shows by Miller and Rabin's test that the number is not prime. */
  private static boolean isWitness(BigInteger base, BigInteger number) {
    if (base.mod(number).signum() == 0) return false;
    BigInteger last = number.subtract(BigInteger.ONE);
    int twos = last.getLowestSetBit();
    BigInteger power = base.modPow(last.shiftRight(twos), number);
    if (power.equals(BigInteger.ONE)) return false;
    for (int round = 0; round < twos; round++) {
      if (power.equals(last)) return false;
      power = power.multiply(power).mod(number);
    }
    return true;
  }

  private static String primality(BigInteger number) {
    Optional<BigInteger> witness =
        Arrays.stream(BASES).mapToObj(BigInteger::valueOf).filter(base -> isWitness(base, number)).findFirst();
    return number + " is " + witness.map(base -> "composite, says " + base).orElse("prime");
  }

  private static List<String> longNumber(String name, BigInteger number) {
    String digits = number.toString();
    int sum = digits.chars().map(Character::getNumericValue).sum();
    List<String> lines = new ArrayList<>();
    lines.add("%s has %d digits, their sum is %d".formatted(name, digits.length(), sum));
    for (int at = 0; at < digits.length(); at += LINE)
      lines.add("  " + digits.substring(at, Math.min(at + LINE, digits.length())));
    return lines;
  }

  /** Of 32 bits. */
  private static List<String> bits(int word) {
    String summary =
        "bits %08x: %d set, %d leading and %d trailing zeros, reversed %08x, rotated %08x, gray %08x"
            .formatted(
                word,
                Integer.bitCount(word),
                Integer.numberOfLeadingZeros(word),
                Integer.numberOfTrailingZeros(word),
                Integer.reverse(word),
                Integer.rotateLeft(word, 7),
                word ^ word >>> 1);
    StringBuilder drawn = new StringBuilder(" ");
    for (int bit = 31; bit >= 0; bit--) {
      if (bit % 8 == 7) drawn.append(' ');
      drawn.append((word >>> bit & 1) == 1 ? '█' : '░');
    }
    return List.of(summary, drawn.toString());
  }

  private List<String> solve(String task) throws InterruptedException {
    String[] words = task.split("\\s+");
    BigInteger[] of = Arrays.stream(words).skip(1).map(BigInteger::new).toArray(BigInteger[]::new);
    return switch (words[0]) {
      case "factorial" -> longNumber(of[0] + "!", factorial(of[0].intValueExact()));
      case "fibonacci" -> longNumber("fibonacci " + of[0], fibonacci(of[0].intValueExact()));
      case "gcd" -> List.of("gcd " + of[0].gcd(of[1]));
      case "power" -> List.of("power " + of[0].modPow(of[1], of[2]));
      case "prime" -> List.of(primality(of[0]));
      case "base" -> List.of("base " + of[0] + ": " + of[1].toString(of[0].intValueExact()));
      case "matrix" -> Matrix.describeProduct(of[0].intValueExact(), workers);
      case "bits" -> bits(of[0].intValue());
      default -> List.of("no such task: " + task);
    };
  }

  public static void main(String[] args) throws IOException, InterruptedException, NoSuchAlgorithmException {
    if (args.length != 1 || !args[0].matches("[1-9][0-9]*")) {
      System.err.println("usage: Numbers WORKERS < TASKS");
      System.exit(1);
    }
    Numbers numbers = new Numbers(Integer.parseInt(args[0]));
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    BufferedReader tasks = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = tasks.readLine(); line != null; line = tasks.readLine()) {
      String task = line.strip();
      if (task.isEmpty() || task.startsWith("#")) continue;
      for (String answer : numbers.solve(task)) {
        out.println(answer);
        digest.update((answer + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    out.println("sha256 " + HexFormat.of().formatHex(digest.digest()));
  }
}
