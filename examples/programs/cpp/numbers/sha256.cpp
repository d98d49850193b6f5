#include "sha256.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace {

using State = std::array<std::uint32_t, 8>;
using Words = std::array<std::uint32_t, 64>;

constexpr std::array<int, 64> first_primes() {
  std::array<int, 64> primes{};
  std::size_t count = 0;
  for (int number = 2; count < primes.size(); number++) {
    bool is_prime = true;
    for (std::size_t at = 0; at < count && is_prime; at++) is_prime = number % primes[at] != 0;
    if (is_prime) primes[count++] = number;
  }
  return primes;
}

constexpr std::array<int, 64> primes = first_primes();

/// The first 32 bits behind the point.
std::uint32_t fraction(double root) {
  return static_cast<std::uint32_t>(std::ldexp(root - std::floor(root), 32));
}

Words schedule(std::string_view block) {
  Words words{};
  for (std::size_t at = 0; at < block.size(); at++)
    words[at / 4] = words[at / 4] << 8 | static_cast<unsigned char>(block[at]);
  for (std::size_t at = 16; at < words.size(); at++) {
    std::uint32_t early = words[at - 15], late = words[at - 2];
    words[at] = words[at - 16] + (std::rotr(early, 7) ^ std::rotr(early, 18) ^ early >> 3) + words[at - 7] +
                (std::rotr(late, 17) ^ std::rotr(late, 19) ^ late >> 10);
  }
  return words;
}

void compress(State& state, std::string_view block, const Words& constants) {
  Words words = schedule(block);
  auto [a, b, c, d, e, f, g, h] = state;
  for (std::size_t round = 0; round < words.size(); round++) {
    std::uint32_t first = h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) + ((e & f) ^ (~e & g)) +
                          constants[round] + words[round];
    std::uint32_t second = (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + first;
    d = c, c = b, b = a, a = first + second;
  }
  State sums{a, b, c, d, e, f, g, h};
  for (std::size_t at = 0; at < state.size(); at++) state[at] += sums[at];
}

std::string padded(std::string_view message) {
  std::string text = std::string(message) + '\x80';
  text.resize((text.size() + 8 + 63) / 64 * 64 - 8);
  for (int shift = 56; shift >= 0; shift -= 8) text += static_cast<char>(8 * message.size() >> shift);
  return text;
}

}  // namespace

std::string sha256(std::string_view message) {
  State state;
  Words constants;
  for (std::size_t at = 0; at < state.size(); at++) state[at] = fraction(std::sqrt(primes[at]));
  for (std::size_t at = 0; at < constants.size(); at++) constants[at] = fraction(std::cbrt(primes[at]));
  std::string text = padded(message);
  for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(64))
    compress(state, rest.substr(0, 64), constants);
  std::string hex;
  for (std::uint32_t word : state)
    for (int shift = 28; shift >= 0; shift -= 4) hex += "0123456789abcdef"[word >> shift & 15];
  return hex;
}
