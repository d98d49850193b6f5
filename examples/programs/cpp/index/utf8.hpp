// UTF-8 and code points.
#pragma once

#include <string>
#include <string_view>

namespace utf8 {

/// Throws std::range_error for bytes that are not UTF-8.
std::u32string decode(std::string_view bytes);
std::string encode(std::u32string_view text);

}  // namespace utf8
