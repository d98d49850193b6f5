// SHA-256 (FIPS 180-4).
#pragma once

#include <string>
#include <string_view>

/// In hexadecimal digits.
std::string sha256(std::string_view message);
