#include "document.hpp"

#include <algorithm>
#include <cwctype>
#include <fstream>
#include <unordered_map>

#include "json.hpp"
#include "utf8.hpp"

namespace {

/// Letters with marks as one code point; the standard library does not decompose them.
std::unordered_map<char32_t, char32_t> marked_letters() {
  static constexpr std::pair<char32_t, std::u32string_view> groups[] = {
      {U'a', U"àáâãäåāăą"}, {U'c', U"çćč"},    {U'd', U"ď"},   {U'e', U"èéêëēěę"}, {U'g', U"ğ"},  {U'i', U"ìíîïī"},
      {U'n', U"ñńň"},       {U'o', U"òóôõöő"}, {U'r', U"ŕř"},  {U's', U"śşš"},     {U't', U"ťţ"}, {U'u', U"ùúûüůű"},
      {U'y', U"ýÿ"},        {U'z', U"źżž"},    {U'α', U"ά"},   {U'ε', U"έ"},       {U'η', U"ή"},  {U'ι', U"ίϊΐ"},
      {U'ο', U"ό"},         {U'υ', U"ύϋΰ"},    {U'ω', U"ώ"},   {U'е', U"ёѐ"},      {U'и', U"йѝ"},
  };
  std::unordered_map<char32_t, char32_t> letters;
  for (const auto& [plain, marked] : groups)
    for (char32_t letter : marked) letters[letter] = plain;
  return letters;
}

std::u32string fold(std::u32string_view text) {
  static const auto marked = marked_letters();
  std::u32string folded;
  for (char32_t letter : text) {
    if (letter >= 0x300 && letter <= 0x36f) continue;
    auto lower = static_cast<char32_t>(std::towlower(static_cast<std::wint_t>(letter)));
    auto plain = marked.find(lower);
    folded += plain == marked.end() ? lower : plain->second;
  }
  return folded;
}

bool is_of_word(char32_t letter) { return std::iswalnum(static_cast<std::wint_t>(letter)) != 0; }

Counts words_of(std::string_view text) {
  std::u32string folded = fold(utf8::decode(text));
  Counts words;
  for (auto start = folded.begin(); (start = std::find_if(start, folded.end(), is_of_word)) != folded.end();) {
    auto end = std::find_if_not(start, folded.end(), is_of_word);
    words[utf8::encode(std::u32string(start, end))]++;
    start = end;
  }
  return words;
}

/// Throws json::SyntaxError, std::out_of_range or std::bad_variant_access for a line that is no document.
Document parse(std::string_view line) {
  json::Value found = json::parse(line);
  Document document;
  document.id = found.at("id").as<std::string>();
  document.title = found.at("title").as<std::string>();
  document.time = std::chrono::sys_seconds(std::chrono::seconds(static_cast<long>(found.at("time").as<double>())));
  auto pages = std::get_if<double>(&found.at("pages"));
  document.pages = pages ? static_cast<int>(*pages) : 0;
  for (const json::Value& tag : found.at("tags").as<json::Array>()) document.tags.push_back(tag.as<std::string>());
  document.words = words_of(document.title + ' ' + found.at("text").as<std::string>());
  return document;
}

}  // namespace

std::string fold(std::string_view text) { return utf8::encode(fold(utf8::decode(text))); }

Part read_part(const std::filesystem::path& path) {
  Part part{path.filename().string(), {}};
  std::ifstream file(path);
  if (!file) throw std::filesystem::filesystem_error("cannot read", path, std::make_error_code(std::errc::io_error));
  for (std::string line; std::getline(file, line);) {
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    try {
      part.documents.push_back(parse(line));
    } catch (const json::SyntaxError&) {
      part.skipped++;
    } catch (const std::out_of_range&) {
      part.skipped++;
    } catch (const std::bad_variant_access&) {
      part.skipped++;
    }
  }
  return part;
}
