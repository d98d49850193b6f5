# shellcheck shell=bash disable=SC2034
# How the native program is compiled, for each architecture; sourced by build-native, test-native and fuzz-native.

NATIVE_ARCHES=(x86_64 aarch64)

NATIVE_WARNINGS=(
  -std=c11 -Wall -Wextra -Werror
  -Wconversion -Wshadow -Wformat=2 -Wundef -Wvla -Wpointer-arith -Wwrite-strings
  -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wimplicit-fallthrough
)

# -U first: some distributions predefine _FORTIFY_SOURCE, and a second definition would be a warning.
# -fno-pie: then tables of pointers are constant from the start; there is nobody to relocate and protect them.
NATIVE_CODE=(-O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fno-pie)

# Without the C library, whose start costs more than all that the program does itself: src/native/bare.h.
NATIVE_BARE=(-DWARDER_BARE -nostdlib)

# Static, since nothing of the host's libraries can be relied on inside a sandbox; -s because the symbols are not needed
# there. No build id: it is a hash over what -s removes, so it would tell two builds apart that are otherwise the same.
NATIVE_LINK=(-static -s "-Wl,-z,relro,-z,now,-z,noexecstack" "-Wl,--build-id=none")

# Control-flow protection goes by another name on each architecture. The stack protector's value is a variable, which is
# what aarch64 does anyway: the other place for it is thread-local storage, and there is none.
native_arch_flags() {
  case "$1" in
    x86_64) echo -fcf-protection -mstack-protector-guard=global ;;
    aarch64) echo -mbranch-protection=standard ;;
  esac
}

# The compiler for an architecture: CC (or cc) for this machine's own, Debian's cross compiler for the other one.
native_compiler() {
  if [[ $1 == "$(uname -m)" ]]; then
    echo "${CC:-cc}"
  else
    echo "$1-linux-gnu-gcc"
  fi
}

# The Debian packages of an architecture's cross compiler and its static C library.
native_cross_packages() {
  case "$1" in
    x86_64) echo gcc-x86-64-linux-gnu libc6-dev-amd64-cross ;;
    aarch64) echo gcc-aarch64-linux-gnu libc6-dev-arm64-cross ;;
  esac
}

# True when a static program can be linked for the architecture: Debian's compiler comes without the C library.
native_can_build() {
  command -v "$(native_compiler "$1")" >/dev/null || return 1
  "$(native_compiler "$1")" -static -x c -o /dev/null - <<<'int main(void){return 0;}' 2>/dev/null
}

# The sources of each program, as patterns in the directory of the sources: the probe of the escape suite has the calls
# and strings of warder-init, and nothing else of it.
NATIVE_INIT_SOURCES=('*.c')
NATIVE_PROBE_SOURCES=('bare_*.c' 'probe/*.c')

# native_compile ARCH SOURCE_DIR OUTPUT [PATTERN…]: the same bytes for the same sources and compiler, wherever and
# whenever it runs. Without patterns, warder-init.
# In a subshell: the compiler works in SOURCE_DIR on relative names in a fixed order, so that no path and no order of the
# directory can reach the output.
native_compile() (
  local arch=$1 directory=$2 output compiler
  output=$(realpath -m -- "$3")
  compiler=$(native_compiler "$arch")
  shift 3
  [[ $# -gt 0 ]] || set -- "${NATIVE_INIT_SOURCES[@]}"
  cd "$directory"
  LC_ALL=C
  local sources arch_flags
  # Patterns are to become names here.
  # shellcheck disable=SC2206
  sources=($*)
  read -ra arch_flags < <(native_arch_flags "$arch")
  unset SOURCE_DATE_EPOCH
  "$compiler" "${NATIVE_WARNINGS[@]}" -Wdate-time "${NATIVE_CODE[@]}" "${NATIVE_BARE[@]}" "${arch_flags[@]}" \
    "-ffile-prefix-map=$PWD=." -I . -o "$output" "${sources[@]}" "${NATIVE_LINK[@]}"
)
