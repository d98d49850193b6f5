// The index: which word is in which documents.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "document.hpp"

/// "a 3, b 1": the most frequent first, those of the same count by name; "nothing" without any.
std::string ranked(const Counts& counts, std::size_t most = SIZE_MAX);

class Index {
 public:
  explicit Index(const std::vector<Document>& documents);

  std::size_t size() const { return words_.size(); }
  Counts answer(std::string_view query) const;

  /// Written beside its place and moved there, so that nobody ever sees half of it.
  void save(const std::vector<Document>& documents, const std::filesystem::path& path) const;
  /// Reads what was saved, says what it is, and compares.
  void check(const std::filesystem::path& path) const;

 private:
  Counts look_up(std::string_view term) const;

  std::map<std::string, Counts, std::less<>> words_;
};
