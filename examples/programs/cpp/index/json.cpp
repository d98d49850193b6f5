#include "json.hpp"

#include <charconv>
#include <cstdint>

#include "utf8.hpp"

namespace json {
namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Value document() {
    Value result = value();
    skip_blanks();
    if (at_ < text_.size()) fail();
    return result;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;

  [[noreturn]] void fail() const { throw SyntaxError("no JSON at byte " + std::to_string(at_)); }

  void skip_blanks() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  bool accept(std::string_view token) {
    skip_blanks();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }

  void expect(std::string_view token) {
    if (!accept(token)) fail();
  }

  char next() {
    if (at_ == text_.size()) fail();
    return text_[at_++];
  }

  Value value() {
    if (accept("{")) return object();
    if (accept("[")) return array();
    if (accept("\"")) return string();
    if (accept("null")) return nullptr;
    if (accept("true")) return true;
    if (accept("false")) return false;
    return number();
  }

  Object object() {
    Object members;
    if (accept("}")) return members;
    do {
      expect("\"");
      std::string key = string();
      expect(":");
      members.emplace_back(std::move(key), value());
    } while (accept(","));
    expect("}");
    return members;
  }

  Array array() {
    Array items;
    if (accept("]")) return items;
    do items.push_back(value());
    while (accept(","));
    expect("]");
    return items;
  }

  std::string string() {
    std::string text;
    for (char letter = next(); letter != '"'; letter = next()) {
      if (static_cast<unsigned char>(letter) < ' ') fail();
      if (letter == '\\') text += escaped();
      else text += letter;
    }
    return text;
  }

  std::string escaped() {
    constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    char letter = next();
    if (letter == 'u') return utf8::encode(std::u32string(1, code_point()));
    auto found = letters.find(letter);
    if (found == letters.npos) fail();
    return {meanings[found]};
  }

  /// Of one unit of UTF-16 or of two.
  char32_t code_point() {
    char32_t high = unit();
    if (high < 0xd800 || high > 0xdfff) return high;
    if (high > 0xdbff || next() != '\\' || next() != 'u') fail();
    char32_t low = unit();
    if (low < 0xdc00 || low > 0xdfff) fail();
    return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
  }

  char32_t unit() {
    std::string_view digits = text_.substr(at_, 4);
    std::uint32_t unit = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
    if (error != std::errc() || end != digits.data() + 4) fail();
    at_ += 4;
    return unit;
  }

  double number() {
    double number = 0;
    auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), number);
    if (error != std::errc()) fail();
    at_ = static_cast<std::size_t>(end - text_.data());
    return number;
  }
};

}  // namespace

const Value& Value::at(std::string_view key) const {
  for (const auto& [name, value] : as<Object>())
    if (name == key) return value;
  throw std::out_of_range(std::string(key));
}

Value parse(std::string_view text) { return Parser(text).document(); }

std::string quote(std::string_view text) {
  std::string quoted = "\"";
  for (char letter : text) {
    if (letter == '"' || letter == '\\') (quoted += '\\') += letter;
    else if (letter == '\n') quoted += "\\n";
    else if (letter == '\t') quoted += "\\t";
    else if (letter == '\r') quoted += "\\r";
    else if (static_cast<unsigned char>(letter) >= ' ') quoted += letter;
    else (quoted += "\\u00") += {"01"[letter >> 4], "0123456789abcdef"[letter & 15]};
  }
  return quoted += '"';
}

}  // namespace json
