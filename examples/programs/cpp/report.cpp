// Reads orders from standard input and prints a report: regular expressions, Unicode, big integers by hand, threads, files,
// JSON by hand (the standard library has neither).
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <future>
#include <iostream>
#include <iterator>
#include <map>
#include <numeric>
#include <optional>
#include <regex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

struct Order {
  std::string customer;
  std::int64_t cents;
  std::string note;
};

// Nothing for a line that is no order.
static std::optional<Order> parse(const std::string &line) {
  static const std::regex pattern("([0-9]+);([^;]+);([0-9]+);([0-9]+)\\.([0-9]{2});(.*)");
  std::smatch found;
  if (!std::regex_match(line, found, pattern)) return std::nullopt;
  const std::int64_t price = std::stoll(found[4]) * 100 + std::stoll(found[5]);
  return Order{found[2], std::stoll(found[3]) * price, found[6]};
}

static std::string amount(std::int64_t cents) {
  char text[32];
  std::snprintf(text, sizeof text, "%lld.%02lld", static_cast<long long>(cents / 100),
                static_cast<long long>(cents % 100));
  return text;
}

// Code points of UTF-8: every byte but those that continue one.
static std::size_t length(const std::string &text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](unsigned char byte) { return (byte & 0xc0) != 0x80; }));
}

static std::string pad(const std::string &text, std::size_t width) {
  return text + std::string(width - std::min(width, length(text)), ' ');
}

static std::string right(const std::string &text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

using Ranking = std::vector<std::pair<std::string, std::int64_t>>;

static Ranking totals_of(const std::vector<Order> &orders) {
  std::map<std::string, std::int64_t> totals;
  for (const auto &order : orders) totals[order.customer] += order.cents;
  Ranking ranking(totals.begin(), totals.end());
  std::ranges::stable_sort(ranking, std::ranges::greater{}, &Ranking::value_type::second);
  return ranking;
}

// An integer of any size, nine decimal digits to a place, the lowest first.
class Big {
 public:
  explicit Big(std::uint32_t value) : places{value} {}

  Big &operator*=(std::uint32_t factor) {
    std::uint64_t carry = 0;
    for (auto &place : places) carry = put(place, std::uint64_t{place} * factor + carry);
    if (carry > 0) places.push_back(static_cast<std::uint32_t>(carry));
    return *this;
  }

  Big &operator+=(const Big &other) {
    places.resize(std::max(places.size(), other.places.size()));
    std::uint64_t carry = 0;
    for (std::size_t at = 0; at < places.size(); at++) {
      const std::uint64_t more = at < other.places.size() ? other.places[at] : 0;
      carry = put(places[at], places[at] + more + carry);
    }
    if (carry > 0) places.push_back(static_cast<std::uint32_t>(carry));
    return *this;
  }

  std::string text() const {
    std::string digits = std::to_string(places.back());
    for (auto place = places.rbegin() + 1; place != places.rend(); ++place) {
      const std::string more = std::to_string(*place);
      digits += std::string(9 - more.size(), '0') + more;
    }
    return digits;
  }

 private:
  static constexpr std::uint64_t base = 1'000'000'000;
  std::vector<std::uint32_t> places;

  static std::uint64_t put(std::uint32_t &place, std::uint64_t value) {
    place = static_cast<std::uint32_t>(value % base);
    return value / base;
  }
};

static Big factorial(std::uint32_t number) {
  Big result(1);
  for (std::uint32_t factor = 2; factor <= number; factor++) result *= factor;
  return result;
}

static Big fibonacci(int number) {
  Big previous(0), current(1);
  for (int index = 0; index < number; index++) {
    previous += current;
    std::swap(previous, current);
  }
  return previous;
}

static bool is_prime(int number) {
  if (number < 2) return false;
  for (int divisor = 2; divisor * divisor <= number; divisor++)
    if (number % divisor == 0) return false;
  return true;
}

static std::pair<int, long> count_primes(int limit, int workers) {
  std::vector<std::future<std::pair<int, long>>> parts;
  const int step = limit / workers;
  for (int from = 0; from < limit; from += step)
    parts.push_back(std::async(std::launch::async, [from, step] {
      std::pair<int, long> found{};
      for (int number = from; number < from + step; number++)
        if (is_prime(number)) found = {found.first + 1, found.second + number};
      return found;
    }));
  std::pair<int, long> all{};
  for (auto &part : parts) {
    const auto [count, sum] = part.get();
    all = {all.first + count, all.second + sum};
  }
  return all;
}

static std::string write_and_read(const std::filesystem::path &path, const std::string &text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text;
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

static std::uint32_t fnv1a(const std::string &data) {
  std::uint32_t value = 0x811c9dc5;
  for (const unsigned char byte : data) value = (value ^ byte) * 0x01000193;
  return value;
}

int main() {
  std::vector<Order> orders;
  int rejected = 0;
  std::string longest;
  for (std::string line; std::getline(std::cin, line);) {
    if (auto order = parse(line)) orders.push_back(*order);
    else rejected++;
  }
  for (const auto &order : orders)
    if (length(order.note) > length(longest)) longest = order.note;
  const auto ranking = totals_of(orders);
  const auto [count, sum] = count_primes(20'000, 4);

  std::ostringstream report;
  report << "accepted " << orders.size() << ", rejected " << rejected << '\n';
  for (const auto &[name, cents] : ranking) report << pad(name, 16) << right(amount(cents), 10) << '\n';
  report << "longest note: " << longest << " (" << length(longest) << " characters)\n";
  report << "30! = " << factorial(30).text() << "\nfib(150) = " << fibonacci(150).text() << '\n';
  report << "primes below 20000: " << count << ", sum " << sum << '\n';
  std::cout << report.str();

  const std::string data = write_and_read("out/report.txt", report.str());
  std::cout << "report.txt: " << std::ranges::count(data, '\n') << " lines, " << data.size() << " bytes, fnv1a 0x"
            << std::hex << fnv1a(data) << std::dec << '\n';
  std::int64_t total = 0;
  std::string customers;
  for (const auto &[name, cents] : ranking) {
    total += cents;
    customers += (customers.empty() ? "\"" : ",\"") + name + '"';
  }
  std::cout << "{\"accepted\":" << orders.size() << ",\"rejected\":" << rejected << ",\"total\":\"" << amount(total)
            << "\",\"customers\":[" << customers << "]}\n";
}
