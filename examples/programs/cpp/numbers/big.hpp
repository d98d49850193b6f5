// Integers of any size, from zero on.
#pragma once

#include <compare>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

class Big {
 public:
  Big(std::uint64_t number = 0);
  /// Throws std::invalid_argument for what is not all digits.
  explicit Big(std::string_view digits);

  std::string to_string(unsigned base = 10) const;
  bool is_zero() const { return places_.empty(); }
  bool is_odd() const { return !is_zero() && places_.front() % 2 == 1; }

  Big& operator+=(const Big& other);
  /// Throws std::underflow_error below zero.
  Big& operator-=(const Big& other);
  Big& operator*=(const Big& other);
  Big& operator/=(const Big& other);
  Big& operator%=(const Big& other);

  friend Big operator+(Big a, const Big& b) { return a += b; }
  friend Big operator-(Big a, const Big& b) { return a -= b; }
  friend Big operator*(Big a, const Big& b) { return a *= b; }
  friend Big operator/(Big a, const Big& b) { return a /= b; }
  friend Big operator%(Big a, const Big& b) { return a %= b; }

  std::strong_ordering operator<=>(const Big& other) const;
  bool operator==(const Big& other) const = default;

 private:
  /// 32 bits to a place, the lowest first; the highest is not zero.
  std::vector<std::uint32_t> places_;

  void trim();
  void shift_in(std::uint32_t place);
  std::uint32_t divide_by_place(std::uint32_t divisor);
  /// Leaves the quotient and returns the rest.
  Big divide(const Big& divisor);
};

std::ostream& operator<<(std::ostream& out, const Big& number);

Big gcd(Big a, Big b);
Big power(Big base, Big exponent, const Big& modulus);
