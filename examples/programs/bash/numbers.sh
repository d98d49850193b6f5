# Calculates: big integers, modular arithmetic, processes, bits, a digest, box drawing; by nothing but bash itself, since
# the smallest root file systems have no other command.
#
# numbers.sh WORKERS reads one task to a line of standard input.

# A big integer is an array, nine decimal digits to a place, the lowest first, the highest not zero. The product of two
# places, and what is carried, fit into 63 bits. Functions take the names of arrays and leave theirs in `result`. Names
# that stand for others end in `_`, since a function sees the variables of its callers.
readonly place=1000000000
readonly digits=0123456789abcdefghijklmnopqrstuvwxyz
readonly bases=(2 3 5 7 11 13)
readonly shown=4

printed=''

# What is printed, the digest is about.
say() {
  printf '%s\n' "$1"
  printed+=$1$'\n'
}

trim() {
  while ((${#result[@]} > 0 && result[${#result[@]} - 1] == 0)); do unset "result[${#result[@]} - 1]"; done
}

parse() {
  local text=$1
  result=()
  while ((${#text} > 9)); do
    result+=($((10#${text: -9})))
    text=${text:0:-9}
  done
  result+=($((10#$text)))
  trim
}

# decimal ARRAY: its digits, into `text`.
decimal() {
  local -n number_=$1
  local at more
  text=${number_[*]: -1}
  text=${text:-0}
  for ((at = ${#number_[@]} - 2; at >= 0; at--)); do
    printf -v more %09d "${number_[at]}"
    text+=$more
  done
}

# compare A B: into `order`, below zero, zero or above.
compare() {
  local -n a_=$1 b_=$2
  local at
  for ((order = ${#a_[@]} - ${#b_[@]}, at = ${#a_[@]} - 1; order == 0 && at >= 0; at--)); do
    ((order = a_[at] - b_[at]))
  done
}

plus() {
  local -n a_=$1 b_=$2
  local at carry=0 length=$((${#a_[@]} > ${#b_[@]} ? ${#a_[@]} : ${#b_[@]}))
  result=()
  for ((at = 0; at <= length; at++)); do
    ((carry += ${a_[at]:-0} + ${b_[at]:-0}, result[at] = carry % place, carry /= place))
  done
  trim
}

times() {
  local -n a_=$1 b_=$2
  local i j carry
  result=()
  for ((i = ${#a_[@]} + ${#b_[@]} - 1; i >= 0; i--)); do result[i]=0; done
  for ((i = 0; i < ${#a_[@]}; i++)); do
    for ((carry = 0, j = 0; j < ${#b_[@]}; j++)); do
      ((carry += result[i + j] + a_[i] * b_[j], result[i + j] = carry % place, carry /= place))
    done
    ((result[i + j] = carry))
  done
  trim
}

# divide ARRAY NUMBER: by less than a place; the quotient into `result`, the remainder into `rest`.
divide() {
  local -n a_=$1
  local at
  result=()
  for ((rest = 0, at = ${#a_[@]} - 1; at >= 0; at--)); do
    ((rest = rest * place + a_[at], result[at] = rest / $2, rest %= $2))
  done
  trim
}

# reduce ARRAY: `result` becomes its remainder, by Knuth's algorithm D. The highest place of the array has to be half of
# one at least, so that a digit of the quotient, guessed from the highest places, is too large by two at most.
reduce() {
  local -n by_=$1
  local n=${#by_[@]} at i digit carry value
  result+=(0)
  for ((at = ${#result[@]} - n - 1; at >= 0; at--)); do
    ((digit = (result[at + n] * place + result[at + n - 1]) / by_[n - 1]))
    if ((digit >= place)); then ((digit = place - 1)); fi
    for ((carry = 0, i = 0; i < n; i++)); do
      ((value = result[at + i] - digit * by_[i] + carry, carry = value / place, value %= place))
      ((value < 0 ? (value += place, carry--) : 0, result[at + i] = value))
    done
    for ((result[at + n] += carry; result[at + n] < 0; result[at + n] += carry)); do
      for ((carry = 0, i = 0; i < n; i++)); do
        ((carry += result[at + i] + by_[i], result[at + i] = carry % place, carry /= place))
      done
    done
  done
  trim
}

# remainder A MODULUS: of any two.
remainder() {
  local -n of_=$1 modulo_=$2
  local -a scale=($((place / (modulo_[${#modulo_[@]} - 1] + 1)))) scaled
  times modulo_ scale
  scaled=("${result[@]}")
  times of_ scale
  reduce scaled
  local -a quotient=("${result[@]}")
  divide quotient "${scale[0]}"
}

gcd() {
  local -a left right
  parse "$1"
  left=("${result[@]}")
  parse "$2"
  right=("${result[@]}")
  while ((${#right[@]} > 0)); do
    remainder left right
    left=("${right[@]}")
    right=("${result[@]}")
  done
  decimal left
}

# binary ARRAY: its bits, the highest first, into `bits`.
binary() {
  local -n from_=$1
  local -a rest_of=("${from_[@]}")
  local bit rest
  bits=''
  while ((${#rest_of[@]} > 0)); do
    divide rest_of 65536
    rest_of=("${result[@]}")
    for ((bit = 0; bit < 16; bit++)); do bits=$((rest >> bit & 1))$bits; done
  done
  bits=${bits#"${bits%%1*}"}
}

# power BASE EXPONENT MODULUS, all names. The modulus is scaled for `reduce`: remainders of a multiple do as well.
power() {
  local -n exponent_=$2 original_=$3
  local -a base modulus value scale
  remainder "$1" original_
  base=("${result[@]}")
  scale=($((place / (original_[${#original_[@]} - 1] + 1))))
  times original_ scale
  modulus=("${result[@]}")
  local bits at
  binary "$2"
  value=(1)
  for ((at = 0; at < ${#bits}; at++)); do
    times value value
    reduce modulus
    value=("${result[@]}")
    if [[ ${bits:at:1} == 1 ]]; then
      times value base
      reduce modulus
      value=("${result[@]}")
    fi
  done
  remainder value original_
}

# is_witness BASE: whether it shows by Miller and Rabin's test that `number` is not prime; `last` is one less.
is_witness() {
  local -a witness=("$1") odd=("${last[@]}") value
  local twos=0 rest order
  local -a one=(1)
  remainder witness number
  if ((${#result[@]} == 0)); then return 1; fi
  while ((odd[0] % 2 == 0)); do
    divide odd 2
    odd=("${result[@]}")
    ((twos += 1))
  done
  power witness odd number
  value=("${result[@]}")
  compare value one
  if ((order == 0)); then return 1; fi
  for ((; twos > 0; twos--)); do
    compare value last
    if ((order == 0)); then return 1; fi
    times value value
    local -a square=("${result[@]}")
    remainder square number
    value=("${result[@]}")
  done
}

primality() {
  local -a number last
  local base
  parse "$1"
  number=("${result[@]}")
  last=("${number[@]}")
  # An even number needs no more: two says so, wherever this borrows.
  ((last[0] -= last[0] > 0))
  for base in "${bases[@]}"; do
    if is_witness "$base"; then
      say "$1 is composite, says $base"
      return
    fi
  done
  say "$1 is prime"
}

# in_base BASE NUMBER: by as many digits at a time as fit into a place.
in_base() {
  local -a left
  local chunk=$1 count=1 rest at part text=''
  while ((chunk * $1 <= place)); do ((chunk *= $1, count += 1)); done
  parse "$2"
  left=("${result[@]}")
  while ((${#left[@]} > 0)); do
    divide left "$chunk"
    left=("${result[@]}")
    part=''
    for ((at = 0; at < count; at++, rest /= $1)); do part=${digits:rest % $1:1}$part; done
    text=$part$text
  done
  text=${text#"${text%%[!0]*}"}
  say "base $1: ${text:-0}"
}

# long_number NAME ARRAY
long_number() {
  local text at sum=0
  decimal "$2"
  for ((at = 0; at < ${#text}; at++)); do ((sum += ${text:at:1})); done
  say "$1 has ${#text} digits, their sum is $sum"
  for ((at = 0; at < ${#text}; at += 60)); do say "  ${text:at:60}"; done
}

factorial() {
  local -a product=(1) factor
  for ((factor = 2; factor <= $1; factor++)); do
    times product factor
    product=("${result[@]}")
  done
  long_number "$1!" product
}

fibonacci() {
  local -a previous=() current=(1)
  local index
  for ((index = 0; index < $1; index++)); do
    plus previous current
    previous=("${current[@]}")
    current=("${result[@]}")
  done
  long_number "fibonacci $1" previous
}

# rows_of FIRST STEP SIZE: of the product, each on a line.
rows_of() {
  local row column at entry line
  for ((row = $1; row < $3; row += $2)); do
    line=''
    for ((column = 0; column < $3; column++)); do
      for ((entry = 0, at = 0; at < $3; at++)); do
        ((entry += (7 * row + 3 * at) % 11 * ((5 * at + 2 * column) % 13)))
      done
      line+="$entry "
    done
    echo "$line"
  done
}

# Each worker writes the lines of its rows into a file of its own.
matrix() {
  local size=$1 worker row entry at trace=0 sum=0 most=0
  local -a product entries files
  for ((worker = 0; worker < workers; worker++)); do
    rows_of "$worker" "$workers" "$size" >"rows.$worker" &
  done
  wait
  for ((worker = 0; worker < workers; worker++)); do
    mapfile -t files <"rows.$worker"
    for at in "${!files[@]}"; do product[at * workers + worker]=${files[at]}; done
  done
  for ((row = 0; row < size; row++)); do
    read -r -a entries <<<"${product[row]}"
    ((trace += entries[row]))
    for entry in "${entries[@]}"; do ((sum += entry, most = entry > most ? entry : most)); done
  done
  say "matrix $size: trace $trace, sum $sum, most $most"
  table "${product[@]:0:shown}"
}

# rule LEFT MIDDLE RIGHT WIDTH
rule() {
  local line column text=$1
  printf -v line '%*s' "$4" ''
  for ((column = 0; column < shown; column++)); do text+=${line// /─}$2; done
  say "${text%"$2"}$3"
}

table() {
  local row entry cell line width=0 separator=''
  local -a entries
  for row in "$@"; do
    read -r -a entries <<<"$row"
    for entry in "${entries[@]:0:shown}"; do ((width = ${#entry} > width ? ${#entry} : width)); done
  done
  rule ┌ ┬ ┐ $((width + 2))
  for row in "$@"; do
    if [[ -n $separator ]]; then rule ├ ┼ ┤ $((width + 2)); fi
    separator=yes line=│
    read -r -a entries <<<"$row"
    for entry in "${entries[@]:0:shown}"; do
      printf -v cell ' %*d │' "$width" "$entry"
      line+=$cell
    done
    say "$line"
  done
  rule └ ┴ ┘ $((width + 2))
}

# Of 32 bits.
bits_of() {
  local word=$1 bit set=0 leading=32 trailing=32 reversed=0 drawn='' line
  for ((bit = 31; bit >= 0; bit--)); do
    if ((bit % 8 == 7)); then drawn+=' '; fi
    if ((word >> bit & 1)); then
      drawn+=█
      ((set += 1, trailing = bit, leading = leading < 32 ? leading : 31 - bit, reversed |= 1 << (31 - bit)))
    else
      drawn+=░
    fi
  done
  printf -v line 'bits %08x: %d set, %d leading and %d trailing zeros, reversed %08x, rotated %08x, gray %08x' \
    "$word" "$set" "$leading" "$trailing" "$reversed" \
    $(((word << 7 | word >> 25) & 0xffffffff)) $((word ^ word >> 1))
  say "$line"
  say " $drawn"
}

# The first 32 bits behind the point of the cube roots of the first 64 primes (FIPS 180-4).
readonly constants=(
  0x428a2f98 0x71374491 0xb5c0fbcf 0xe9b5dba5 0x3956c25b 0x59f111f1 0x923f82a4 0xab1c5ed5
  0xd807aa98 0x12835b01 0x243185be 0x550c7dc3 0x72be5d74 0x80deb1fe 0x9bdc06a7 0xc19bf174
  0xe49b69c1 0xefbe4786 0x0fc19dc6 0x240ca1cc 0x2de92c6f 0x4a7484aa 0x5cb0a9dc 0x76f988da
  0x983e5152 0xa831c66d 0xb00327c8 0xbf597fc7 0xc6e00bf3 0xd5a79147 0x06ca6351 0x14292967
  0x27b70a85 0x2e1b2138 0x4d2c6dfc 0x53380d13 0x650a7354 0x766a0abb 0x81c2c92e 0x92722c85
  0xa2bfe8a1 0xa81a664b 0xc24b8b70 0xc76c51a3 0xd192e819 0xd6990624 0xf40e3585 0x106aa070
  0x19a4c116 0x1e376c08 0x2748774c 0x34b0bcb5 0x391c0cb3 0x4ed8aa4a 0x5b9cca4f 0x682e6ff3
  0x748f82ee 0x78a5636f 0x84c87814 0x8cc70208 0x90befffa 0xa4506ceb 0xbef9a3f7 0xc67178f2
)

# One block of `words`, added to `state`. Rotations are written out: a call would cost more than it does.
compress() {
  local at s0 s1 first second
  local a=$((state[0])) b=$((state[1])) c=$((state[2])) d=$((state[3]))
  local e=$((state[4])) f=$((state[5])) g=$((state[6])) h=$((state[7]))
  for ((at = 16; at < 64; at++)); do
    ((s0 = words[at - 15], s1 = words[at - 2],
      s0 = (s0 >> 7 | s0 << 25) ^ (s0 >> 18 | s0 << 14) ^ s0 >> 3,
      s1 = (s1 >> 17 | s1 << 15) ^ (s1 >> 19 | s1 << 13) ^ s1 >> 10,
      words[at] = (words[at - 16] + s0 + words[at - 7] + s1) & 0xffffffff))
  done
  for ((at = 0; at < 64; at++)); do
    ((s1 = ((e >> 6 | e << 26) ^ (e >> 11 | e << 21) ^ (e >> 25 | e << 7)) & 0xffffffff,
      first = h + s1 + (e & f ^ ~e & g) + constants[at] + words[at],
      s0 = ((a >> 2 | a << 30) ^ (a >> 13 | a << 19) ^ (a >> 22 | a << 10)) & 0xffffffff,
      second = s0 + (a & b ^ a & c ^ b & c),
      h = g, g = f, f = e, e = (d + first) & 0xffffffff,
      d = c, c = b, b = a, a = (first + second) & 0xffffffff))
  done
  local -a sums=("$a" "$b" "$c" "$d" "$e" "$f" "$g" "$h")
  for at in {0..7}; do ((state[at] = (state[at] + sums[at]) & 0xffffffff)); done
}

# sha256 TEXT: over its bytes.
sha256() {
  local LC_ALL=C
  local message=$1 at byte size=${#1}
  local -a bytes words state=(
    0x6a09e667 0xbb67ae85 0x3c6ef372 0xa54ff53a 0x510e527f 0x9b05688c 0x1f83d9ab 0x5be0cd19
  )
  for ((at = 0; at < size; at++)); do
    printf -v byte %d "'${message:at:1}"
    ((bytes[at] = byte & 255))
  done
  bytes+=(128)
  while ((${#bytes[@]} % 64 != 56)); do bytes+=(0); done
  for at in 56 48 40 32 24 16 8 0; do bytes+=($((size * 8 >> at & 255))); done
  for ((at = 0; at < ${#bytes[@]}; at += 4)); do
    ((words[at / 4 % 16] = bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3]))
    if ((at % 64 == 60)); then compress; fi
  done
  printf 'sha256 '
  printf %08x "${state[@]}"
  echo
}

modular_power() {
  local -a left above below
  parse "$1"
  left=("${result[@]}")
  parse "$2"
  above=("${result[@]}")
  parse "$3"
  below=("${result[@]}")
  power left above below
  decimal result
  say "power $text"
}

# Operands are digits: in arithmetic, bash would run what it finds in the subscripts of others.
solve() {
  local text operands=${*:2}
  case "$1:$#${operands//[0-9 ]/}" in
    factorial:2) factorial "$2" ;;
    fibonacci:2) fibonacci "$2" ;;
    gcd:3) gcd "$2" "$3" && say "gcd $text" ;;
    power:4) modular_power "$2" "$3" "$4" ;;
    prime:2) primality "$2" ;;
    base:3) in_base "$2" "$3" ;;
    matrix:2) matrix "$2" ;;
    bits:2) bits_of "$2" ;;
    *) say "no such task: $*" ;;
  esac
}

if [[ $# -ne 1 || ! $1 =~ ^[1-9][0-9]*$ ]]; then
  echo 'usage: numbers WORKERS < TASKS' >&2
  exit 1
fi
workers=$1
while read -r -a task; do
  if ((${#task[@]} > 0)) && [[ ${task[0]} != '#'* ]]; then solve "${task[@]}"; fi
done
sha256 "$printed"
