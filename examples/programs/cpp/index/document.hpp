// Documents and their words.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

using Counts = std::map<std::string, int, std::less<>>;

struct Document {
  std::string id, title;
  std::chrono::sys_seconds time;
  int pages;
  std::vector<std::string> tags;
  Counts words;
};

/// What one file had.
struct Part {
  std::string name;
  std::vector<Document> documents;
  int skipped = 0;
};

/// As words are compared: without case and without marks.
std::string fold(std::string_view text);

Part read_part(const std::filesystem::path& path);
