#include "big.hpp"

#include <algorithm>
#include <bit>
#include <ostream>
#include <stdexcept>
#include <utility>

namespace {
constexpr int bits_of_place = 32;
}

Big::Big(std::uint64_t number) {
  for (; number > 0; number >>= bits_of_place) places_.push_back(static_cast<std::uint32_t>(number));
}

Big::Big(std::string_view digits) {
  if (digits.empty()) throw std::invalid_argument("no number");
  for (char digit : digits) {
    if (digit < '0' || digit > '9') throw std::invalid_argument("no number: " + std::string(digits));
    *this *= 10;
    *this += static_cast<std::uint64_t>(digit - '0');
  }
}

void Big::trim() {
  while (!places_.empty() && places_.back() == 0) places_.pop_back();
}

std::string Big::to_string(unsigned base) const {
  std::string digits;
  Big rest = *this;
  do digits += "0123456789abcdefghijklmnopqrstuvwxyz"[rest.divide_by_place(base)];
  while (!rest.is_zero());
  std::ranges::reverse(digits);
  return digits;
}

Big& Big::operator+=(const Big& other) {
  places_.resize(std::max(places_.size(), other.places_.size()) + 1);
  std::uint64_t carry = 0;
  for (std::size_t at = 0; at < places_.size(); at++) {
    carry += std::uint64_t{places_[at]} + (at < other.places_.size() ? other.places_[at] : 0);
    places_[at] = static_cast<std::uint32_t>(carry);
    carry >>= bits_of_place;
  }
  trim();
  return *this;
}

Big& Big::operator-=(const Big& other) {
  if (*this < other) throw std::underflow_error("a difference below zero");
  std::int64_t borrow = 0;
  for (std::size_t at = 0; at < places_.size(); at++) {
    borrow += std::int64_t{places_[at]} - (at < other.places_.size() ? other.places_[at] : 0);
    places_[at] = static_cast<std::uint32_t>(borrow);
    borrow >>= bits_of_place;
  }
  trim();
  return *this;
}

Big& Big::operator*=(const Big& other) {
  Big product;
  product.places_.resize(places_.size() + other.places_.size());
  for (std::size_t i = 0; i < places_.size(); i++) {
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j < other.places_.size(); j++) {
      carry += std::uint64_t{places_[i]} * other.places_[j] + product.places_[i + j];
      product.places_[i + j] = static_cast<std::uint32_t>(carry);
      carry >>= bits_of_place;
    }
    product.places_[i + other.places_.size()] = static_cast<std::uint32_t>(carry);
  }
  product.trim();
  return *this = std::move(product);
}

/// Makes room below for one more place.
void Big::shift_in(std::uint32_t place) {
  places_.insert(places_.begin(), place);
  trim();
}

std::uint32_t Big::divide_by_place(std::uint32_t divisor) {
  std::uint64_t rest = 0;
  for (std::size_t at = places_.size(); at-- > 0;) {
    rest = rest << bits_of_place | places_[at];
    places_[at] = static_cast<std::uint32_t>(rest / divisor);
    rest %= divisor;
  }
  trim();
  return static_cast<std::uint32_t>(rest);
}

/// Long division, each place of the quotient by halving what it can be.
Big Big::divide(const Big& divisor) {
  if (divisor.is_zero()) throw std::domain_error("a division by zero");
  if (divisor.places_.size() == 1) return divide_by_place(divisor.places_.front());
  Big rest;
  for (std::size_t at = places_.size(); at-- > 0;) {
    rest.shift_in(places_[at]);
    std::uint32_t digit = 0;
    for (int bit = bits_of_place - 1; bit >= 0 && rest >= divisor; bit--) {
      std::uint32_t more = digit | 1u << bit;
      if (divisor * more <= rest) digit = more;
    }
    rest -= divisor * digit;
    places_[at] = digit;
  }
  trim();
  return rest;
}

Big& Big::operator/=(const Big& other) {
  divide(other);
  return *this;
}

Big& Big::operator%=(const Big& other) { return *this = divide(other); }

std::strong_ordering Big::operator<=>(const Big& other) const {
  if (places_.size() != other.places_.size()) return places_.size() <=> other.places_.size();
  return std::lexicographical_compare_three_way(places_.rbegin(), places_.rend(), other.places_.rbegin(),
                                                other.places_.rend());
}

std::ostream& operator<<(std::ostream& out, const Big& number) { return out << number.to_string(); }

Big gcd(Big a, Big b) {
  while (!b.is_zero()) a = std::exchange(b, a % b);
  return a;
}

Big power(Big base, Big exponent, const Big& modulus) {
  Big result = Big(1) % modulus;
  for (base %= modulus; !exponent.is_zero(); exponent /= 2) {
    if (exponent.is_odd()) result = result * base % modulus;
    base = base * base % modulus;
  }
  return result;
}
