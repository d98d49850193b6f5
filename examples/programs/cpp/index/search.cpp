#include "search.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <sstream>

#include "json.hpp"

namespace {

std::uint32_t crc32(std::string_view data) {
  std::uint32_t value = ~0u;
  for (unsigned char byte : data) {
    value ^= byte;
    for (int bit = 0; bit < 8; bit++) value = value >> 1 ^ (0xedb88320 & -(value & 1));
  }
  return ~value;
}

void add_all(Counts& counts, const Counts& other) {
  for (const auto& [name, count] : other) counts[name] += count;
}

}  // namespace

std::string ranked(const Counts& counts, std::size_t most) {
  std::vector<std::pair<std::string, int>> entries(counts.begin(), counts.end());
  std::ranges::stable_sort(entries, std::greater(), &std::pair<std::string, int>::second);
  entries.resize(std::min(most, entries.size()));
  std::string text;
  for (const auto& [name, count] : entries) text += (text.empty() ? "" : ", ") + name + ' ' + std::to_string(count);
  return text.empty() ? "nothing" : text;
}

Index::Index(const std::vector<Document>& documents) {
  for (const Document& document : documents)
    for (const auto& [word, count] : document.words) words_[word][document.id] = count;
}

/// Documents with the term, or with words that begin with it, and how often they have it.
Counts Index::look_up(std::string_view term) const {
  bool is_start = term.ends_with('*');
  if (is_start) term.remove_suffix(1);
  Counts found;
  for (auto at = words_.lower_bound(term); at != words_.end() && at->first.starts_with(term); ++at) {
    if (!is_start && at->first != term) break;
    add_all(found, at->second);
  }
  return found;
}

Counts Index::answer(std::string_view query) const {
  std::istringstream terms(fold(query));
  std::vector<Counts> wanted;
  Counts unwanted, scores;
  for (std::string term; terms >> term;) {
    if (term.starts_with('-')) add_all(unwanted, look_up(term.substr(1)));
    else wanted.push_back(look_up(term));
  }
  for (const Counts& found : wanted) add_all(scores, found);
  std::erase_if(scores, [&](const auto& score) {
    auto has = [&](const Counts& found) { return found.contains(score.first); };
    return has(unwanted) || !std::ranges::all_of(wanted, has);
  });
  return scores;
}

void Index::save(const std::vector<Document>& documents, const std::filesystem::path& path) const {
  std::filesystem::path beside = path;
  beside += ".tmp";
  std::ofstream out(beside);
  out.exceptions(std::ios::failbit | std::ios::badbit);
  const char* comma = "";
  out << "{\"documents\":{";
  for (const Document& document : documents) {
    out << comma << json::quote(document.id) << ':' << json::quote(document.title);
    comma = ",";
  }
  out << "},\"words\":[";
  comma = "";
  for (const auto& [word, found] : words_) {
    out << comma << "{\"word\":" << json::quote(word) << ",\"in\":{";
    comma = "";
    for (const auto& [id, count] : found) {
      out << comma << json::quote(id) << ':' << count;
      comma = ",";
    }
    out << "}}";
  }
  out << "]}\n";
  out.close();
  std::filesystem::rename(beside, path);
}

void Index::check(const std::filesystem::path& path) const {
  std::ifstream in(path);
  std::string data{std::istreambuf_iterator<char>(in), {}};
  decltype(words_) again;
  json::Value content = json::parse(data);
  for (const json::Value& entry : content.at("words").as<json::Array>())
    for (const auto& [id, count] : entry.at("in").as<json::Object>())
      again[entry.at("word").as<std::string>()][id] = static_cast<int>(count.as<double>());
  std::cout << "index.json: " << data.size() << " bytes, crc32 " << std::hex << std::setw(8) << std::setfill('0')
            << crc32(data) << std::dec << ", " << again.size() << " words read back, "
            << (again == words_ ? "the same" : "another") << '\n';
}
