package search;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How often each name occurs; names in order. */
final class Counts extends TreeMap<String, Integer> {
  void add(String name) {
    merge(name, 1, Integer::sum);
  }

  Counts addAll(Map<String, Integer> other) {
    other.forEach((name, count) -> merge(name, count, Integer::sum));
    return this;
  }

  /** The most frequent first; those of the same count by name. */
  String ranked(int most) {
    String listed =
        entrySet().stream()
            .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
            .limit(most)
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining(", "));
    return listed.isEmpty() ? "nothing" : listed;
  }

  String ranked() {
    return ranked(size());
  }

  int total() {
    return values().stream().mapToInt(Integer::intValue).sum();
  }
}
