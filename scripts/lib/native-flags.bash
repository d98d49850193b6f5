# shellcheck shell=bash disable=SC2034
# Compiler flags of the native program and of its unit tests; sourced by build-native and test-native.

NATIVE_WARNINGS=(
  -std=c11 -Wall -Wextra -Werror
  -Wconversion -Wshadow -Wformat=2 -Wundef -Wvla -Wpointer-arith -Wwrite-strings
  -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wimplicit-fallthrough
)

# -U first: some distributions predefine _FORTIFY_SOURCE, and a second definition would be a warning.
NATIVE_CODE=(-O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fcf-protection)

# Static, since nothing of the host's libraries can be relied on inside a sandbox; -s because the symbols are not needed there.
NATIVE_LINK=(-static -s "-Wl,-z,relro,-z,now,-z,noexecstack")
