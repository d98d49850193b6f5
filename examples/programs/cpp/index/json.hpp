// JSON as a value, read and written; the standard library has none.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace json {

struct Value;
using Array = std::vector<Value>;
/// In the order of the text.
using Object = std::vector<std::pair<std::string, Value>>;

struct Value : std::variant<std::nullptr_t, bool, double, std::string, Array, Object> {
  using variant::variant;

  /// The member; throws where there is none, or where this is no object.
  const Value& at(std::string_view key) const;

  /// Throws std::bad_variant_access for a value of another type.
  template <class T>
  const T& as() const {
    return std::get<T>(*this);
  }
};

struct SyntaxError : std::runtime_error {
  using runtime_error::runtime_error;
};

Value parse(std::string_view text);
std::string quote(std::string_view text);

}  // namespace json
