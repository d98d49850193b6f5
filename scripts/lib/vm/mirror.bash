# shellcheck shell=bash
# The Debian mirror that this host is set up to use.

# First URI in apt's sources that ends in the path given; the public one when there is none.
configured_mirror() {
  local path=$1 found
  found=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null \
    | grep -v '^[[:space:]]*#' | grep -oE "https?://[^ ]+/$path/?( |\$)" | head -n 1 | tr -d ' ' || true)
  echo "${found:-http://deb.debian.org/$path}"
}

# debian_sources SUITE: what goes into sources.list, signed by the keys of debian-archive-keyring.
debian_sources() {
  local suite=$1 signed='[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]' main security
  main=$(configured_mirror debian)
  security=$(configured_mirror debian-security)
  printf 'deb %s %s %s main\n' "$signed" "$main" "$suite" "$signed" "$main" "$suite-updates" \
    "$signed" "$security" "$suite-security"
}
