package search;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

/**
 * Searches documents: JSON lines, regular expressions, Unicode normalisation, threads, time, files.
 *
 * <p>Index FILE... indexes the documents of the files, answers the queries of standard input, and writes the index.
 */
public final class Index {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss EEE", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  /** What one file had. */
  private record Part(String name, List<Document> documents, long skipped) {}

  /** Word to document to how often it occurs there. */
  private final Map<String, Counts> words = new TreeMap<>();

  private Index(List<Document> documents) {
    for (Document document : documents)
      document.words().forEach(
          (word, count) -> words.computeIfAbsent(word, unused -> new Counts()).put(document.id(), count));
  }

  private static Part read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file).stream().filter(line -> !line.isBlank()).toList();
    List<Document> documents = lines.stream().flatMap(line -> Document.parse(line).stream()).toList();
    return new Part(file.getFileName().toString(), documents, lines.size() - documents.size());
  }

  /** Reads the files side by side; the parts come in the order of the files. */
  private static List<Part> readAll(String[] files) throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(files.length);
    try {
      List<Future<Part>> futures = new ArrayList<>();
      for (String file : files) futures.add(threads.submit(() -> read(Path.of(file))));
      List<Part> parts = new ArrayList<>();
      for (Future<Part> future : futures) parts.add(future.get());
      return parts;
    } finally {
      threads.shutdown();
    }
  }

  /** Documents with the term, or with words that begin with it, and how often they have it. */
  private Counts lookUp(String term) {
    if (!term.endsWith("*")) return words.getOrDefault(term, new Counts());
    String start = term.substring(0, term.length() - 1);
    Counts found = new Counts();
    words.forEach((word, documents) -> { if (word.startsWith(start)) found.addAll(documents); });
    return found;
  }

  private String answer(String query) {
    Map<Boolean, List<String>> terms =
        Arrays.stream(Document.fold(query).split("\\s+"))
            .collect(Collectors.partitioningBy(term -> term.startsWith("-")));
    List<Counts> wanted = terms.get(false).stream().map(this::lookUp).toList();
    Counts scores = new Counts();
    wanted.forEach(scores::addAll);
    wanted.forEach(found -> scores.keySet().retainAll(found.keySet()));
    terms.get(true).forEach(term -> scores.keySet().removeAll(lookUp(term.substring(1)).keySet()));
    return scores.ranked();
  }

  private void describe(List<Document> documents) {
    Counts total = new Counts();
    Counts tags = new Counts();
    documents.forEach(document -> total.addAll(document.words()));
    documents.forEach(document -> document.tags().forEach(tags::add));
    int pages = documents.stream().mapToInt(Document::pages).sum();
    OUT.printf(
        "%d documents, %d pages, %d words, %d different%n", documents.size(), pages, total.total(), words.size());
    documents.stream()
        .sorted(Comparator.comparing(Document::time))
        .map(document -> TIME.format(document.time()) + "  " + document.id() + "  " + Json.write(document.title()))
        .forEach(OUT::println);
    OUT.println("tags: " + tags.ranked());
    OUT.println("frequent: " + total.ranked(8));
    Comparator<String> byLength = Comparator.comparingInt(word -> word.codePointCount(0, word.length()));
    Comparator<String> longestFirst = byLength.reversed().thenComparing(Comparator.naturalOrder());
    String longest = words.keySet().stream().min(longestFirst).orElse("");
    int bytes = longest.getBytes(StandardCharsets.UTF_8).length;
    OUT.printf("longest: %s (%d characters, %d bytes)%n", longest, longest.codePointCount(0, longest.length()), bytes);
  }

  /** Written beside its place and moved there, so that nobody ever sees half of it. */
  private Path save(List<Document> documents) throws IOException {
    Map<String, Object> titles = new LinkedHashMap<>();
    documents.forEach(document -> titles.put(document.id(), document.title()));
    List<Map<String, Object>> entries = new ArrayList<>();
    for (Map.Entry<String, Counts> entry : words.entrySet()) {
      Map<String, Object> stored = new LinkedHashMap<>();
      stored.put("word", entry.getKey());
      stored.put("in", entry.getValue());
      entries.add(stored);
    }
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("documents", titles);
    content.put("words", entries);
    Path directory = Files.createDirectory(Path.of("index"));
    Path beside = Files.writeString(directory.resolve("index.json.tmp"), Json.write(content) + "\n");
    return Files.move(beside, directory.resolve("index.json"), StandardCopyOption.ATOMIC_MOVE);
  }

  private void check(Path file) throws IOException {
    byte[] data = Files.readAllBytes(file);
    CRC32 crc = new CRC32();
    crc.update(data);
    Map<?, ?> content = (Map<?, ?>) Json.parse(new String(data, StandardCharsets.UTF_8));
    List<?> entries = (List<?>) content.get("words");
    Map<String, String> again = new TreeMap<>();
    for (Object entry : entries)
      if (entry instanceof Map<?, ?> stored) again.put((String) stored.get("word"), Json.write(stored.get("in")));
    Map<String, String> mine = new TreeMap<>();
    words.forEach((word, found) -> mine.put(word, Json.write(found)));
    String verdict = again.equals(mine) ? "the same" : "another";
    OUT.printf(
        "index.json: %d bytes, crc32 %08x, %d words read back, %s%n",
        data.length,
        crc.getValue(),
        again.size(),
        verdict);
    try (var files = Files.list(file.getParent())) {
      List<String> names = files.map(path -> path.getFileName().toString()).sorted().toList();
      OUT.println("files: " + String.join(", ", names));
    }
  }

  public static void main(String[] files) throws Exception {
    if (files.length == 0) {
      System.err.println("usage: Index FILE... < QUERIES");
      System.exit(1);
    }
    List<Part> parts = readAll(files);
    for (Part part : parts)
      OUT.printf("%s: %d documents, %d skipped%n", part.name(), part.documents().size(), part.skipped());
    List<Document> documents = parts.stream().flatMap(part -> part.documents().stream()).toList();
    Index index = new Index(documents);
    index.describe(documents);
    BufferedReader queries = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    queries.lines()
        .map(String::strip)
        .filter(query -> !query.isEmpty() && !query.startsWith("#"))
        .forEach(query -> OUT.println(query + ": " + index.answer(query)));
    index.check(index.save(documents));
  }
}
