package search;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** JSON as maps, lists, texts, BigDecimals, Booleans and null; the standard library has none. */
final class Json {
  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  /** Says where the text is not JSON. */
  static final class SyntaxException extends RuntimeException {
    private SyntaxException(int at) {
      super("no JSON at character " + at);
    }
  }

  static Object parse(String text) {
    Json json = new Json(text);
    Object value = json.value();
    json.skipBlanks();
    if (json.at < text.length()) throw json.error();
    return value;
  }

  static String write(Object value) {
    if (value instanceof String string) return quote(string);
    if (value instanceof Map<?, ?> map)
      return map.entrySet().stream()
          .map(entry -> quote((String) entry.getKey()) + ":" + write(entry.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    if (value instanceof List<?> list)
      return list.stream().map(Json::write).collect(Collectors.joining(",", "[", "]"));
    return String.valueOf(value);
  }

  private static String quote(String string) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char letter : string.toCharArray()) {
      switch (letter) {
        case '"', '\\' -> quoted.append('\\').append(letter);
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        case '\r' -> quoted.append("\\r");
        default -> quoted.append(letter < ' ' ? String.format("\\u%04x", (int) letter) : letter);
      }
    }
    return quoted.append('"').toString();
  }

  private Object value() {
    skipBlanks();
    return switch (peek()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private Map<String, Object> object() {
    Map<String, Object> members = new LinkedHashMap<>();
    expect('{');
    if (accept('}')) return members;
    do {
      skipBlanks();
      String key = string();
      expect(':');
      members.put(key, value());
    } while (accept(','));
    expect('}');
    return members;
  }

  private List<Object> array() {
    List<Object> items = new ArrayList<>();
    expect('[');
    if (accept(']')) return items;
    do items.add(value()); while (accept(','));
    expect(']');
    return items;
  }

  private String string() {
    StringBuilder string = new StringBuilder();
    expect('"');
    while (peek() != '"') {
      char letter = text.charAt(at++);
      if (letter < ' ') throw error();
      string.append(letter == '\\' ? escaped() : letter);
    }
    at++;
    return string.toString();
  }

  private char escaped() {
    char letter = peek();
    at++;
    return switch (letter) {
      case '"', '\\', '/' -> letter;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unit();
      default -> throw error();
    };
  }

  private char unit() {
    if (at + 4 > text.length()) throw error();
    String digits = text.substring(at, at + 4);
    if (!digits.matches("[0-9a-fA-F]{4}")) throw error();
    at += 4;
    return (char) Integer.parseInt(digits, 16);
  }

  private BigDecimal number() {
    int start = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) at++;
    try {
      return new BigDecimal(text.substring(start, at));
    } catch (NumberFormatException error) {
      throw error();
    }
  }

  private Object word(String word, Object value) {
    if (!text.startsWith(word, at)) throw error();
    at += word.length();
    return value;
  }

  private void expect(char letter) {
    if (!accept(letter)) throw error();
  }

  private boolean accept(char letter) {
    skipBlanks();
    if (at == text.length() || text.charAt(at) != letter) return false;
    at++;
    return true;
  }

  private char peek() {
    if (at == text.length()) throw error();
    return text.charAt(at);
  }

  private void skipBlanks() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) at++;
  }

  private SyntaxException error() {
    return new SyntaxException(at);
  }
}
