#include "utf8.hpp"

#include <bit>
#include <stdexcept>

namespace utf8 {

std::u32string decode(std::string_view bytes) {
  std::u32string text;
  for (std::size_t at = 0; at < bytes.size();) {
    auto first = static_cast<unsigned char>(bytes[at++]);
    int length = std::countl_one(first);
    if (length == 1 || length > 4) throw std::range_error("no first byte of UTF-8");
    char32_t point = first & (0xff >> (length + 1));
    for (int rest = 1; rest < length; rest++) {
      if (at == bytes.size() || (bytes[at] & 0xc0) != 0x80) throw std::range_error("no UTF-8");
      point = point << 6 | (static_cast<unsigned char>(bytes[at++]) & 0x3f);
    }
    text += point;
  }
  return text;
}

std::string encode(std::u32string_view text) {
  std::string bytes;
  for (char32_t point : text) {
    int more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    constexpr unsigned first[] = {0, 0xc0, 0xe0, 0xf0};
    bytes += static_cast<char>(first[more] | point >> 6 * more);
    while (more-- > 0) bytes += static_cast<char>(0x80 | (point >> 6 * more & 0x3f));
  }
  return bytes;
}

}  // namespace utf8
