package search;

import java.math.BigDecimal;
import java.text.Normalizer;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

record Document(String id, Instant time, String title, int pages, List<String> tags, Counts words) {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");
  private static final Pattern MARKS = Pattern.compile("[\\u0300-\\u036f]");

  /** As words are compared: without case and without marks. */
  static String fold(String text) {
    String decomposed = Normalizer.normalize(text.toLowerCase(Locale.ROOT), Normalizer.Form.NFD);
    return MARKS.matcher(decomposed).replaceAll("");
  }

  /** Empty for a line that is no document. */
  static Optional<Document> parse(String line) {
    try {
      return Json.parse(line) instanceof Map<?, ?> found ? Optional.of(of(found)) : Optional.empty();
    } catch (Json.SyntaxException | ClassCastException | NullPointerException error) {
      return Optional.empty();
    }
  }

  private static Document of(Map<?, ?> found) {
    String title = (String) found.get("title");
    Counts words = new Counts();
    WORD.matcher(fold(title + " " + found.get("text"))).results().map(MatchResult::group).forEach(words::add);
    Instant time = Instant.ofEpochSecond(((BigDecimal) found.get("time")).longValueExact());
    int pages = found.get("pages") instanceof BigDecimal number ? number.intValueExact() : 0;
    List<String> tags = ((List<?>) found.get("tags")).stream().map(String.class::cast).toList();
    return new Document((String) found.get("id"), time, title, pages, tags, words);
  }
}
