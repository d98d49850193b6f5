import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntBinaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A square matrix of integers. */
final class Matrix {
  private static final int SHOWN = 4;

  private final int[][] rows;

  private Matrix(int[][] rows) {
    this.rows = rows;
  }

  static Matrix square(int size, IntBinaryOperator entry) {
    return new Matrix(
        IntStream.range(0, size)
            .mapToObj(row -> IntStream.range(0, size).map(column -> entry.applyAsInt(row, column)).toArray())
            .toArray(int[][]::new));
  }

  static List<String> describeProduct(int size, int workers) throws InterruptedException {
    Matrix left = square(size, (row, column) -> (7 * row + 3 * column) % 11);
    Matrix right = square(size, (row, column) -> (5 * row + 2 * column) % 13);
    Matrix result = left.times(right, workers);
    int trace = IntStream.range(0, size).map(at -> result.rows[at][at]).sum();
    var all = Arrays.stream(result.rows).flatMapToInt(Arrays::stream).summaryStatistics();
    List<String> lines = new ArrayList<>();
    lines.add("matrix %d: trace %d, sum %d, most %d".formatted(size, trace, all.getSum(), all.getMax()));
    lines.addAll(square(SHOWN, (row, column) -> result.rows[row][column]).table());
    return lines;
  }

  /** Each worker takes the next row until there is none. */
  private Matrix times(Matrix other, int workers) throws InterruptedException {
    int[][] result = new int[rows.length][];
    AtomicInteger next = new AtomicInteger();
    List<Thread> threads =
        IntStream.range(0, workers)
            .mapToObj(
                index ->
                    new Thread(
                        () -> {
                          for (int row; (row = next.getAndIncrement()) < rows.length; )
                            result[row] = other.fromLeft(rows[row]);
                        },
                        "worker-" + index))
            .toList();
    threads.forEach(Thread::start);
    for (Thread thread : threads) thread.join();
    return new Matrix(result);
  }

  private int[] fromLeft(int[] row) {
    int[] result = new int[rows.length];
    for (int at = 0; at < row.length; at++)
      for (int column = 0; column < result.length; column++) result[column] += row[at] * rows[at][column];
    return result;
  }

  private List<String> table() {
    int most = Arrays.stream(rows).flatMapToInt(Arrays::stream).max().orElse(0);
    int width = Integer.toString(most).length();
    List<String> lines = new ArrayList<>(List.of(rule("┌", "┬", "┐", width)));
    for (int[] row : rows) {
      if (lines.size() > 1) lines.add(rule("├", "┼", "┤", width));
      lines.add(
          Arrays.stream(row)
              .mapToObj(entry -> (" %" + width + "d ").formatted(entry))
              .collect(Collectors.joining("│", "│", "│")));
    }
    lines.add(rule("└", "┴", "┘", width));
    return lines;
  }

  private String rule(String left, String middle, String right, int width) {
    return IntStream.range(0, rows.length)
        .mapToObj(column -> "─".repeat(width + 2))
        .collect(Collectors.joining(middle, left, right));
  }
}
