# Reads orders from standard input and prints a report: regular expressions, Unicode, big integers by hand, processes,
# files, JSON by hand. Nothing but bash itself is used: the smallest root file systems have no other command.

pattern='^([0-9]+);([^;]+);([0-9]+);([0-9]+)\.([0-9]{2});(.*)$'
# Nine decimal digits to a place; products of a place and a small number fit into 64 bits.
base=1000000000

amount() {
  printf '%d.%02d' $(($1 / 100)) $(($1 % 100))
}

# Code points of UTF-8, whether or not the system has a locale for it: every byte but those that continue one.
characters() {
  local LC_ALL=C
  local starts=${1//[$'\x80'-$'\xbf']/}
  echo "${#starts}"
}

# pad TEXT WIDTH: printf counts bytes.
pad() {
  printf '%s%*s' "$1" $(($2 - $(characters "$1"))) ''
}

declare -A totals
accepted=0 rejected=0 longest='' total=0

# Adds one order, or counts a line that is none.
take() {
  if [[ ! $1 =~ $pattern ]]; then
    ((rejected += 1))
    return
  fi
  local customer=${BASH_REMATCH[2]} quantity=$((10#${BASH_REMATCH[3]})) note=${BASH_REMATCH[6]}
  local price=$((10#${BASH_REMATCH[4]} * 100 + 10#${BASH_REMATCH[5]}))
  ((accepted += 1, total += quantity * price))
  ((totals[$customer] += quantity * price))
  if (($(characters "$note") > $(characters "$longest"))); then longest=$note; fi
}

# Sorts the customers by their totals, the largest first, by insertion.
ranking=()
rank() {
  local customer at
  for customer in "${!totals[@]}"; do
    at=${#ranking[@]}
    while ((at > 0)); do
      if ((totals[${ranking[at - 1]}] >= totals[$customer])); then break; fi
      ranking[at]=${ranking[at - 1]}
      ((at -= 1))
    done
    ranking[at]=$customer
  done
}

# Big integers are arrays, the lowest place first; results go to the array `result`.
show_big() {
  local -n shown=$1
  local at text=${shown[-1]}
  for ((at = ${#shown[@]} - 2; at >= 0; at--)); do
    printf -v text '%s%09d' "$text" "${shown[at]}"
  done
  printf %s "$text"
}

factorial() {
  local factor at carry
  result=(1)
  for ((factor = 2; factor <= $1; factor++)); do
    carry=0
    for at in "${!result[@]}"; do
      ((carry += result[at] * factor))
      result[at]=$((carry % base))
      ((carry /= base))
    done
    if ((carry > 0)); then result+=("$carry"); fi
  done
}

fibonacci() {
  local -a current=(1) next
  local index at carry
  result=(0)
  for ((index = 0; index < $1; index++)); do
    next=() carry=0
    for at in "${!current[@]}"; do
      ((carry += current[at] + ${result[at]:-0}))
      next[at]=$((carry % base))
      ((carry /= base))
    done
    if ((carry > 0)); then next+=("$carry"); fi
    result=("${current[@]}")
    current=("${next[@]}")
  done
}

# primes FROM TO FILE: how many there are, and their sum.
primes() {
  local number divisor count=0 sum=0
  for ((number = $1 < 2 ? 2 : $1; number < $2; number++)); do
    for ((divisor = 2; divisor * divisor <= number; divisor++)); do
      if ((number % divisor == 0)); then continue 2; fi
    done
    ((count += 1, sum += number))
  done
  echo "$count $sum" >"$3"
}

count_primes() {
  local limit=$1 workers=$2 step part count sum
  step=$((limit / workers))
  for ((part = 0; part < workers; part++)); do
    primes $((part * step)) $(((part + 1) * step)) "primes.$part" &
  done
  wait
  prime_count=0 prime_sum=0
  for ((part = 0; part < workers; part++)); do
    read -r count sum <"primes.$part"
    ((prime_count += count, prime_sum += sum))
  done
}

# check_file FILE: what was written is read back byte by byte.
check_file() {
  local LC_ALL=C text at byte value=$((0x811c9dc5)) lines=0
  IFS= read -r -d '' text <"$1"
  for ((at = 0; at < ${#text}; at++)); do
    printf -v byte %d "'${text:at:1}"
    ((byte &= 255, value = ((value ^ byte) * 0x01000193) & 0xffffffff))
    if ((byte == 10)); then ((lines += 1)); fi
  done
  printf '%s: %d lines, %d bytes, fnv1a 0x%08x\n' report.txt "$lines" "${#text}" "$value"
}

print_report() {
  echo "accepted $accepted, rejected $rejected"
  local customer
  for customer in "${ranking[@]}"; do
    pad "$customer" 16
    printf '%10s\n' "$(amount "${totals[$customer]}")"
  done
  echo "longest note: $longest ($(characters "$longest") characters)"
  factorial 30
  echo "30! = $(show_big result)"
  fibonacci 150
  echo "fib(150) = $(show_big result)"
  echo "primes below 20000: $prime_count, sum $prime_sum"
}

while IFS= read -r line; do take "$line"; done
rank
count_primes 20000 4
print_report >report.txt
report=$(<report.txt)
echo "$report"
check_file report.txt
customers=$(printf ',"%s"' "${ranking[@]}")
printf '{"accepted":%d,"rejected":%d,"total":"%s","customers":[%s]}\n' \
  "$accepted" "$rejected" "$(amount "$total")" "${customers:1}"
