// Calculates: big integers, modular arithmetic, threads, bits, a digest, box drawing; big integers and SHA-256 by hand.
//
// numbers WORKERS reads one task to a line of standard input.
#include <bit>
#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "big.hpp"
#include "matrix.hpp"
#include "sha256.hpp"

namespace {

using Lines = std::vector<std::string>;
using Operands = std::vector<std::string>;

constexpr std::size_t digits_of_line = 60;

Big factorial(int number) {
  Big result = 1;
  for (int factor = 2; factor <= number; factor++) result *= static_cast<std::uint64_t>(factor);
  return result;
}

Big fibonacci(int number) {
  Big previous = 0, current = 1;
  for (; number > 0; number--) previous = std::exchange(current, previous + current);
  return previous;
}

/// Whether the base shows by Miller and Rabin's test that the number is not prime.
bool is_witness(const Big& base, const Big& number) {
  if ((base % number).is_zero()) return false;
  const Big last = number - 1;
  Big odd = last;
  int twos = 0;
  for (; !odd.is_odd(); odd /= 2) twos++;
  Big value = power(base, odd, number);
  if (value == 1) return false;
  for (; twos > 0; twos--) {
    if (value == last) return false;
    value = value * value % number;
  }
  return true;
}

std::optional<int> witness_against(const Big& number) {
  for (int base : {2, 3, 5, 7, 11, 13})
    if (is_witness(static_cast<std::uint64_t>(base), number)) return base;
  return std::nullopt;
}

Lines long_number(const std::string& name, const Big& number) {
  std::string digits = number.to_string();
  int sum = 0;
  for (char digit : digits) sum += digit - '0';
  Lines lines{name + " has " + std::to_string(digits.size()) + " digits, their sum is " + std::to_string(sum)};
  for (std::size_t at = 0; at < digits.size(); at += digits_of_line)
    lines.push_back("  " + digits.substr(at, digits_of_line));
  return lines;
}

std::string hex(std::uint32_t word) {
  std::ostringstream text;
  text << std::hex << std::setw(8) << std::setfill('0') << word;
  return text.str();
}

Lines bits(std::uint32_t word) {
  std::uint32_t reversed = 0;
  std::string drawn;
  for (int bit = 31; bit >= 0; bit--) {
    reversed |= (word >> bit & 1) << (31 - bit);
    if (bit % 8 == 7) drawn += drawn.empty() ? "  " : " ";
    drawn += word >> bit & 1 ? "█" : "░";
  }
  std::ostringstream summary;
  summary << "bits " << hex(word) << ": " << std::popcount(word) << " set, " << std::countl_zero(word)
          << " leading and " << std::countr_zero(word) << " trailing zeros, reversed " << hex(reversed) << ", rotated "
          << hex(std::rotl(word, 7)) << ", gray " << hex(word ^ word >> 1);
  return {summary.str(), drawn};
}

Lines primality(const std::string& number) {
  auto witness = witness_against(Big(number));
  return {number + " is " + (witness ? "composite, says " + std::to_string(*witness) : "prime")};
}

struct Task {
  std::size_t operands;
  std::function<Lines(const Operands&, int workers)> solve;
};

const std::map<std::string, Task> tasks{
    {"factorial", {1, [](auto& of, int) { return long_number(of[0] + "!", factorial(std::stoi(of[0]))); }}},
    {"fibonacci", {1, [](auto& of, int) { return long_number("fibonacci " + of[0], fibonacci(std::stoi(of[0]))); }}},
    {"gcd", {2, [](auto& of, int) { return Lines{"gcd " + gcd(Big(of[0]), Big(of[1])).to_string()}; }}},
    {"power",
     {3, [](auto& of, int) { return Lines{"power " + power(Big(of[0]), Big(of[1]), Big(of[2])).to_string()}; }}},
    {"prime", {1, [](auto& of, int) { return primality(of[0]); }}},
    {"base",
     {2,
      [](auto& of, int) {
        return Lines{"base " + of[0] + ": " + Big(of[1]).to_string(static_cast<unsigned>(std::stoul(of[0])))};
      }}},
    {"matrix", {1, [](auto& of, int workers) { return describe_product(std::stoi(of[0]), workers); }}},
    {"bits", {1, [](auto& of, int) { return bits(static_cast<std::uint32_t>(std::stoul(of[0]))); }}},
};

Lines solve(const std::string& line, int workers) {
  std::istringstream words(line);
  std::string name;
  words >> name;
  Operands operands;
  for (std::string word; words >> word;) operands.push_back(word);
  auto task = tasks.find(name);
  if (task == tasks.end() || task->second.operands != operands.size()) return {"no such task: " + line};
  return task->second.solve(operands, workers);
}

}  // namespace

int main(int argc, char** argv) try {
  int workers = argc == 2 ? std::atoi(argv[1]) : 0;
  if (workers < 1) throw std::invalid_argument("usage: numbers WORKERS < TASKS");
  std::string printed;
  for (std::string line; std::getline(std::cin, line);) {
    if (line.find_first_not_of(" \t\r") == line.npos || line.front() == '#') continue;
    for (const std::string& answer : solve(line, workers)) printed += answer + '\n';
  }
  std::cout << printed << "sha256 " << sha256(printed) << '\n';
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
