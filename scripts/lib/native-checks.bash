# shellcheck shell=bash
# Tests of the native program that are not written in C; sourced by test-native, whose variables they use: root,
# source_dir, work, compile. Each prints TAP lines; a test that cannot run here is skipped with its reason.

tap_failed=0
ok() { echo "ok - $1"; }
not_ok() {
  echo "not ok - $1"
  tap_failed=1
}
skip() { echo "ok - $1 # SKIP $2"; }

# expect NAME WANTED ACTUAL
expect() {
  if [[ $2 == "$3" ]]; then ok "$1"; else not_ok "$1 (wanted $2, got $3)"; fi
}

# Two directories of different length, two dates, one with its files written in the opposite order, so that neither
# paths nor times nor the directory's own order can be what makes the builds equal.
test_reproducible() {
  local arch=$1 name="two builds for $1 are the same bytes"
  if ! native_can_build "$arch"; then
    skip "$name" "no $(native_compiler "$arch") with a static C library"
    return
  fi
  local one=$work/$arch-1 two=$work/$arch-a/longer/path file
  mkdir -p "$one" "$two"
  cp -R "$source_dir/probe" "$one"
  cp -R "$source_dir/probe" "$two"
  cp "$source_dir"/*.[ch] "$one"
  for file in $(printf '%s\n' "$source_dir"/*.[ch] | sort -r); do cp "$file" "$two"; done
  touch -d '2001-02-03' "$two"/* "$two"/probe/*
  native_compile "$arch" "$one" "$one/out"
  (
    # What a build might take a date or an order from.
    export SOURCE_DATE_EPOCH=1 LC_ALL=C.UTF-8 TZ=Asia/Tokyo TMPDIR=$two
    native_compile "$arch" "$two" "$two/out"
  )
  expect "$name" "$(sha256sum <"$one/out")" "$(sha256sum <"$two/out")"
  native_compile "$arch" "$one" "$one/probe.out" "${NATIVE_PROBE_SOURCES[@]}"
  native_compile "$arch" "$two" "$two/probe.out" "${NATIVE_PROBE_SOURCES[@]}"
  expect "  and so are those of the probe" "$(sha256sum <"$one/probe.out")" "$(sha256sum <"$two/probe.out")"
  if grep -qaF "$work" "$one/out"; then not_ok "the build for $arch holds no path"; else ok "the build for $arch holds no path"; fi
  # The same test must see a difference when there is one.
  echo 'const char *warder_difference(void); const char *warder_difference(void) { return "x"; }' >>"$two/lock.c"
  native_compile "$arch" "$two" "$two/out"
  if cmp -s "$one/out" "$two/out"; then not_ok "  and another source gives others"; else ok "  and another source gives others"; fi
}

# True when programs for another architecture can be made and run here; otherwise prints what is skipped, and why.
can_emulate() {
  local arch=$1 name="the native program and its tests on $1"
  if ! native_can_build "$arch"; then
    skip "$name" "no $(native_compiler "$arch") with a static C library; Debian: apt-get install $(native_cross_packages "$arch")"
    return 1
  elif ! command -v "qemu-$arch-static" >/dev/null; then
    skip "$name" "no qemu-$arch-static; Debian: apt-get install qemu-user-static"
    return 1
  fi
}

# The shipped program under qemu's user emulation, which has no namespaces and no cgroups to offer: only what it does
# before and beside them can be shown.
test_emulated() {
  local arch=$1 emulator=$2 binary=$work/emulated-$1 code=0 output
  native_compile "$arch" "$source_dir" "$binary"
  "$emulator" "$binary" 2>/dev/null || code=$?
  expect "$arch: without a mode it ends with 64" 64 "$code"
  output=$("$emulator" "$binary" probe)
  if [[ $output =~ ^landlock\ [0-9]+$ ]]; then ok "$arch: probe answers"; else not_ok "$arch: probe answers ($output)"; fi
  : >"$work/lock-file"
  output=$("$emulator" "$binary" lock 8 9 8<"$work/lock-file" 9<"$work/lock-file")
  expect "$arch: lock takes a free lock and not a held one" 10 "$output"
  code=0
  "$emulator" "$binary" lock 1 >/dev/null || code=$?
  expect "$arch: lock refuses a standard stream" 64 "$code"
  code=0
  "$emulator" "$binary" init </dev/null >/dev/null 2>&1 3</dev/null || code=$?
  expect "$arch: init that is not process 1 ends" 1 "$code"
  test_emulated_probe "$arch" "$emulator"
}

# The probe of the escape suite: calls by number, files, an unknown name, a child that is killed.
test_emulated_probe() {
  local arch=$1 emulator=$2 binary=$work/probe-$1 output
  native_compile "$arch" "$source_dir" "$binary" "${NATIVE_PROBE_SOURCES[@]}"
  output=$("$emulator" "$binary" sys bad 9999 , open r /dev/null /no/such , nothing , read /proc/self/comm)
  expect "$arch: the probe answers" 'begin 0|call bad 38 -1|end 0 exited 0|begin 1|call /dev/null 0 3|call /no/such 2 -1|end 1 exited 0|begin 2|unknown nothing|end 2 exited 64|begin 3' \
    "$(head -n 11 <<<"$output" | paste -sd '|')"
  output=$("$emulator" "$binary" inline sys bad 9999 , nothing)
  expect "$arch: the probe answers in one process" 'begin 0|call bad 38 -1|end 0 exited 0|begin 1|unknown nothing|end 1 exited 64' \
    "$(paste -sd '|' <<<"$output")"
}
