// Searches documents: JSON lines, UTF-8, threads, calendar, files; JSON and CRC by hand.
//
// index FILE... indexes the documents of the files, answers the queries of standard input, and writes the index.
#include <algorithm>
#include <future>
#include <iomanip>
#include <iostream>
#include <locale>

#include "json.hpp"
#include "search.hpp"
#include "utf8.hpp"

namespace {

/// Reads the files side by side; the parts come in the order of the files.
std::vector<Part> read_all(const std::vector<std::string>& paths) {
  std::vector<std::future<Part>> readers;
  for (const std::string& path : paths) readers.push_back(std::async(std::launch::async, read_part, path));
  std::vector<Part> parts;
  for (auto& reader : readers) parts.push_back(reader.get());
  return parts;
}

std::ostream& operator<<(std::ostream& out, std::chrono::sys_seconds moment) {
  static constexpr const char* week[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  auto day = std::chrono::floor<std::chrono::days>(moment);
  std::chrono::year_month_day date(day);
  std::chrono::hh_mm_ss clock(moment - day);
  auto two = [&out](auto number) -> std::ostream& { return out << std::setw(2) << number; };
  out << std::setfill('0') << std::setw(4) << static_cast<int>(date.year()) << '-';
  two(static_cast<unsigned>(date.month())) << '-';
  two(static_cast<unsigned>(date.day())) << ' ';
  two(clock.hours().count()) << ':';
  two(clock.minutes().count()) << ':';
  two(clock.seconds().count()) << ' ';
  return out << week[std::chrono::weekday(day).c_encoding()];
}

void describe(std::vector<Document> documents, const Index& index) {
  Counts words, tags;
  int pages = 0, total = 0;
  for (const Document& document : documents) {
    for (const auto& [word, count] : document.words) {
      words[word] += count;
      total += count;
    }
    for (const std::string& tag : document.tags) tags[tag]++;
    pages += document.pages;
  }
  std::cout << documents.size() << " documents, " << pages << " pages, " << total << " words, " << index.size()
            << " different\n";
  std::ranges::sort(documents, {}, &Document::time);
  for (const Document& document : documents)
    std::cout << document.time << "  " << document.id << "  " << json::quote(document.title) << '\n';
  std::cout << "tags: " << ranked(tags) << "\nfrequent: " << ranked(words, 8) << '\n';
  auto length = [](const auto& entry) { return utf8::decode(entry.first).size(); };
  auto longest = std::ranges::max_element(words, {}, length);
  std::cout << "longest: " << longest->first << " (" << length(*longest) << " characters, " << longest->first.size()
            << " bytes)\n";
}

void answer_all(const Index& index) {
  for (std::string line; std::getline(std::cin, line);) {
    auto start = line.find_first_not_of(" \t\r"), end = line.find_last_not_of(" \t\r");
    if (start == line.npos || line[start] == '#') continue;
    std::string query = line.substr(start, end + 1 - start);
    std::cout << query << ": " << ranked(index.answer(query)) << '\n';
  }
}

void list(const std::filesystem::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  std::cout << "files:";
  for (const std::string& name : names) std::cout << (name == names.front() ? " " : ", ") << name;
  std::cout << '\n';
}

}  // namespace

int main(int argc, char** argv) try {
  std::vector<std::string> paths(argv + 1, argv + argc);
  if (paths.empty()) throw std::invalid_argument("usage: index FILE... < QUERIES");
  // Letters and numbers are told by it; numbers are written without.
  std::locale::global(std::locale(std::locale::classic(), "C.UTF-8", std::locale::ctype));
  std::vector<Document> documents;
  for (Part& part : read_all(paths)) {
    std::cout << part.name << ": " << part.documents.size() << " documents, " << part.skipped << " skipped\n";
    std::ranges::move(part.documents, std::back_inserter(documents));
  }
  Index index(documents);
  describe(documents, index);
  answer_all(index);
  std::filesystem::path path = "index/index.json";
  std::filesystem::create_directory(path.parent_path());
  index.save(documents, path);
  index.check(path);
  list(path.parent_path());
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
