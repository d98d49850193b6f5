#include "matrix.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

namespace {

using Matrix = std::vector<std::vector<int>>;

constexpr int shown = 4;

Matrix square(int size, auto entry) {
  Matrix rows(static_cast<std::size_t>(size));
  for (int row = 0; row < size; row++)
    for (int column = 0; column < size; column++) rows[static_cast<std::size_t>(row)].push_back(entry(row, column));
  return rows;
}

std::vector<int> row_of(const std::vector<int>& row, const Matrix& right) {
  std::vector<int> result(right.size());
  for (std::size_t at = 0; at < row.size(); at++)
    for (std::size_t column = 0; column < result.size(); column++) result[column] += row[at] * right[at][column];
  return result;
}

/// Each worker takes the next row until there is none.
Matrix product(const Matrix& left, const Matrix& right, int workers) {
  Matrix result(left.size());
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> threads;
  for (int worker = 0; worker < workers; worker++)
    threads.emplace_back([&] {
      for (std::size_t row; (row = next++) < left.size();) result[row] = row_of(left[row], right);
    });
  threads.clear();  // joins
  return result;
}

std::string rule(const char* left, const char* middle, const char* right, std::size_t columns, std::size_t width) {
  std::string line = left;
  for (std::size_t column = 0; column < columns; column++) {
    if (column > 0) line += middle;
    for (std::size_t at = 0; at < width + 2; at++) line += "─";
  }
  return line + right;
}

std::vector<std::string> table(const Matrix& rows) {
  std::size_t width = 0;
  for (const auto& row : rows)
    for (int entry : row) width = std::max(width, std::to_string(entry).size());
  std::vector<std::string> lines{rule("┌", "┬", "┐", rows.size(), width)};
  for (const auto& row : rows) {
    if (lines.size() > 1) lines.push_back(rule("├", "┼", "┤", rows.size(), width));
    std::string& line = lines.emplace_back();
    for (int entry : row) {
      std::string digits = std::to_string(entry);
      line += "│ " + std::string(width - digits.size(), ' ') + digits + ' ';
    }
    line += "│";
  }
  lines.push_back(rule("└", "┴", "┘", rows.size(), width));
  return lines;
}

}  // namespace

std::vector<std::string> describe_product(int size, int workers) {
  Matrix left = square(size, [](int row, int column) { return (7 * row + 3 * column) % 11; });
  Matrix right = square(size, [](int row, int column) { return (5 * row + 2 * column) % 13; });
  Matrix result = product(left, right, workers);
  int trace = 0, sum = 0, most = 0;
  for (std::size_t row = 0; row < result.size(); row++) {
    trace += result[row][row];
    for (int entry : result[row]) {
      sum += entry;
      most = std::max(most, entry);
    }
  }
  std::vector<std::string> lines{"matrix " + std::to_string(size) + ": trace " + std::to_string(trace) + ", sum " +
                                 std::to_string(sum) + ", most " + std::to_string(most)};
  result.resize(std::min<std::size_t>(result.size(), shown));
  for (auto& row : result) row.resize(result.size());
  for (std::string& line : table(result)) lines.push_back(std::move(line));
  return lines;
}
