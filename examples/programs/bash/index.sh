# Searches documents: JSON lines, regular expressions, Unicode, processes, time, files; by nothing but bash itself, since
# the smallest root file systems have no other command.
#
# index.sh FILE... indexes the documents of the files, answers the queries of standard input, and writes the index.

LC_ALL=C.UTF-8 TZ=UTC0
readonly word='[[:alnum:]]+'
readonly number='^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?'
readonly string='^"(([^"\\]|\\.)*)"'

# Letters with marks as one code point.
declare -rA marked=(
  [a]=àáâãäåāăą [c]=çćč [d]=ď [e]=èéêëēěę [g]=ğ [i]=ìíîïī [n]=ñńň [o]=òóôõöő [r]=ŕř [s]=śşš [t]=ťţ [u]=ùúûüůű
  [y]=ýÿ [z]=źżž [α]=ά [ε]=έ [η]=ή [ι]=ίϊΐ [ο]=ό [υ]=ύϋΰ [ω]=ώ [е]=ёѐ [и]=йѝ
)

# JSON is read into `json`, an associative array: from paths such as top.tags.0 to values. Texts are told from numbers
# by the path being in `json_texts`. `rest` is what is left to read.
declare -A json json_texts

skip_blanks() {
  rest=${rest#"${rest%%[! $'\t\r\n']*}"}
}

# Into `unescaped`; escapes of UTF-16 may be two to a character.
unescape() {
  local text=$1 high low
  unescaped=''
  while [[ $text == *\\* ]]; do
    unescaped+=${text%%\\*}
    text=${text#*\\}
    case $text in
      [\"\\/]*) unescaped+=${text:0:1} ;;
      b*) unescaped+=$'\b' ;;
      f*) unescaped+=$'\f' ;;
      n*) unescaped+=$'\n' ;;
      r*) unescaped+=$'\r' ;;
      t*) unescaped+=$'\t' ;;
      u[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]*)
        high=$((16#${text:1:4})) text=${text:4}
        if ((high >> 10 == 0x36)); then
          [[ ${text:1:2} == '\u' ]] || return
          low=$((16#${text:3:4})) text=${text:6}
          ((high = 0x10000 + ((high & 0x3ff) << 10 | low & 0x3ff)))
        fi
        printf -v high '\\U%08x' "$high"
        printf -v high %b "$high"
        unescaped+=$high
        ;;
      *) return 1 ;;
    esac
    text=${text:1}
  done
  unescaped+=$text
}

read_string() {
  [[ $rest =~ $string ]] || return
  rest=${rest:${#BASH_REMATCH[0]}}
  unescape "${BASH_REMATCH[1]}"
}

# read_members PATH END: of an array or an object.
read_members() {
  local path=$1 end=$2 count=0 key
  rest=${rest:1}
  skip_blanks
  while [[ $rest != "$end"* ]]; do
    if ((count > 0)); then
      [[ $rest == ,* ]] || return
      rest=${rest:1}
      skip_blanks
    fi
    key=$count
    if [[ $end == '}' ]]; then
      read_string || return
      key=$unescaped
      skip_blanks
      [[ $rest == :* ]] || return
      rest=${rest:1}
    fi
    read_value "$path.$key" || return
    skip_blanks
    ((count += 1))
  done
  rest=${rest:1}
  json[$path]=$count
}

read_value() {
  skip_blanks
  case $rest in
    '{'*) read_members "$1" '}' ;;
    '['*) read_members "$1" ']' ;;
    \"*)
      read_string || return
      json[$1]=$unescaped json_texts[$1]=yes
      ;;
    null*) rest=${rest:4} ;;
    true*) json[$1]=true rest=${rest:4} ;;
    false*) json[$1]=false rest=${rest:5} ;;
    *)
      [[ $rest =~ $number ]] || return
      json[$1]=${BASH_REMATCH[0]} rest=${rest:${#BASH_REMATCH[0]}}
      ;;
  esac
}

parse_json() {
  local rest=$1
  json=() json_texts=()
  read_value top || return
  skip_blanks
  [[ -z $rest ]]
}

# Into `quoted`.
quote() {
  quoted=${1//\\/\\\\}
  quoted=${quoted//\"/\\\"}
  quoted=${quoted//$'\n'/\\n}
  quoted=${quoted//$'\t'/\\t}
  quoted=\"${quoted//$'\r'/\\r}\"
}

# As words are compared, without case and without marks: into `folded`.
fold() {
  local plain
  folded=${1,,}
  folded=${folded//[$'\u0300'-$'\u036f']/}
  [[ $folded == *[!$'\x01'-$'\x7f']* ]] || return 0
  for plain in "${!marked[@]}"; do folded=${folded//[${marked[$plain]}]/$plain}; done
}

# read_documents FILE: as lines for `take`, in a process of its own.
read_documents() {
  local line id text words skipped=0 count=0 tags at
  while IFS= read -r line || [[ -n $line ]]; do
    if [[ $line != *[!$' \t\r']* ]]; then continue; fi
    if ! parse_json "$line" || [[ -z ${json_texts[top.id]} || -z ${json_texts[top.title]} || -z ${json_texts[top.text]} ]]; then
      ((skipped += 1))
      continue
    fi
    ((count += 1))
    id=${json[top.id]} tags=''
    for ((at = 0; at < ${json[top.tags]:-0}; at++)); do tags+=" ${json[top.tags.$at]}"; done
    printf 'document %s %d %d%s\n' "$id" "${json[top.time]}" "${json[top.pages]:-0}" "$tags"
    quote "${json[top.title]}"
    printf 'title %s %s\n' "$id" "$quoted"
    fold "${json[top.title]} ${json[top.text]}"
    text=$folded words=''
    while [[ $text =~ $word ]]; do
      words+=" ${BASH_REMATCH[0]}"
      text=${text#*"${BASH_REMATCH[0]}"}
    done
    printf 'words %s%s\n' "$id" "$words"
  done <"$1"
  printf 'file %s %d %d\n' "${1##*/}" "$count" "$skipped"
}

# The index: `found[word]` has the documents that have the word, with how often they do, as " L1 2 P3 1".
declare -A found times titles tag_counts word_counts
documents=() pages=0 total=0

# take KIND NAME REST...: a line of what a process has read.
take() {
  local kind=$1 name=$2 each
  shift 2
  case $kind in
    document)
      documents+=("$name")
      times[$name]=$1
      ((pages += $2))
      for each in "${@:3}"; do ((tag_counts[$each] += 1)); done
      ;;
    words)
      local -A counts=()
      for each; do ((counts[$each] += 1, word_counts[$each] += 1, total += 1)); done
      for each in "${!counts[@]}"; do found[$each]+=" $name ${counts[$each]}"; done
      ;;
    file) echo "$name: $1 documents, $2 skipped" ;;
  esac
}

read_all() {
  local at kind name text
  local -a paths=("$@") fields
  for at in "${!paths[@]}"; do read_documents "${paths[at]}" >"part.$at" & done
  wait
  for at in "${!paths[@]}"; do
    while read -r kind name text; do
      read -r -a fields <<<"$text"
      if [[ $kind == title ]]; then titles[$name]=$text; else take "$kind" "$name" "${fields[@]}"; fi
    done <"part.$at"
  done
}

# sort_by COMMAND: sorts `sorted` by merging; the command says whether its first argument may stand before its second one.
sort_by() {
  local width from left right middle end
  local -a merged
  for ((width = 1; width < ${#sorted[@]}; width *= 2)); do
    merged=()
    for ((from = 0; from < ${#sorted[@]}; from += 2 * width)); do
      ((middle = from + width, end = middle + width, left = from, right = middle))
      ((end = end < ${#sorted[@]} ? end : ${#sorted[@]}, middle = middle < end ? middle : end))
      while ((left < middle && right < end)); do
        if "$1" "${sorted[left]}" "${sorted[right]}"; then
          merged+=("${sorted[left]}")
          ((left += 1))
        else
          merged+=("${sorted[right]}")
          ((right += 1))
        fi
      done
      merged+=("${sorted[@]:left:middle - left}" "${sorted[@]:right:end - right}")
    done
    sorted=("${merged[@]}")
  done
}

# By code points, as the locale has them.
by_name() { [[ ! $1 > $2 ]]; }
by_time() { ((times[$1] <= times[$2])); }
by_rank() { ((ranks[$1] != ranks[$2] ? ranks[$1] > ranks[$2] : 0)) || { ((ranks[$1] == ranks[$2])) && by_name "$1" "$2"; }; }

# listed MOST: of `ranks`, the most frequent first, those of the same count by name.
listed() {
  local -a sorted=("${!ranks[@]}")
  local name text=''
  sort_by by_rank
  for name in "${sorted[@]:0:$1}"; do text+=", $name ${ranks[$name]}"; done
  text=${text#, }
  echo "${text:-nothing}"
}

describe() {
  local id longest='' name bytes
  local -a sorted=("${documents[@]}")
  echo "${#documents[@]} documents, $pages pages, $total words, ${#found[@]} different"
  sort_by by_time
  for id in "${sorted[@]}"; do printf '%(%Y-%m-%d %H:%M:%S %a)T  %s  %s\n' "${times[$id]}" "$id" "${titles[$id]}"; done
  local -n ranks=tag_counts
  echo "tags: $(listed ${#ranks[@]})"
  local -n ranks=word_counts
  echo "frequent: $(listed 8)"
  for name in "${words[@]}"; do if ((${#name} > ${#longest})); then longest=$name; fi; done
  bytes=$(LC_ALL=C && echo ${#longest})
  echo "longest: $longest (${#longest} characters, $bytes bytes)"
}

# look_up TERM: adds to `counts` how often documents have the term, or words that begin with it.
look_up() {
  local name documents_of at
  for name in "${words[@]}"; do
    if [[ $1 == *'*' ]]; then [[ $name == "${1%'*'}"* ]] || continue; else [[ $name == "$1" ]] || continue; fi
    read -r -a documents_of <<<"${found[$name]}"
    for ((at = 0; at < ${#documents_of[@]}; at += 2)); do ((counts[${documents_of[at]}] += documents_of[at + 1])); done
  done
}

answer() {
  local term id wanted=0
  local -A ranks=() hits=() unwanted=()
  local -a terms
  fold "$1"
  read -r -a terms <<<"$folded"
  for term in "${terms[@]}"; do
    local -A counts=()
    look_up "${term#-}"
    if [[ $term != -* ]]; then ((wanted += 1)); fi
    for id in "${!counts[@]}"; do
      if [[ $term == -* ]]; then unwanted[$id]=yes; else ((ranks[$id] += counts[$id], hits[$id] += 1)); fi
    done
  done
  for id in "${!ranks[@]}"; do
    if ((hits[$id] < wanted)) || [[ -n ${unwanted[$id]} ]]; then unset "ranks[$id]"; fi
  done
  echo "$1: $(listed ${#ranks[@]})"
}

# Without a command that makes directories or moves files: the file is written where it stays.
save() {
  local id name at text='{"documents":{'
  local -a documents_of
  for id in "${documents[@]}"; do
    quote "$id"
    text+="$quoted:${titles[$id]},"
  done
  text="${text%,}},\"words\":["
  for name in "${words[@]}"; do
    quote "$name"
    text+="{\"word\":$quoted,\"in\":{"
    read -r -a documents_of <<<"${found[$name]}"
    for ((at = 0; at < ${#documents_of[@]}; at += 2)); do text+="\"${documents_of[at]}\":${documents_of[at + 1]},"; done
    text="${text%,}}},"
  done
  echo "${text%,}]}" >"$1"
}

# crc32 TEXT: of its bytes.
crc32() {
  local LC_ALL=C at byte bit value
  local -a table
  for ((at = 0; at < 256; at++)); do
    for ((value = at, bit = 0; bit < 8; bit++)); do ((value = value >> 1 ^ (0xedb88320 & -(value & 1)))); done
    table[at]=$value
  done
  for ((value = 0xffffffff, at = 0; at < ${#1}; at++)); do
    printf -v byte %d "'${1:at:1}"
    ((value = value >> 8 ^ table[(value ^ byte) & 255]))
  done
  printf '%d bytes, crc32 %08x' "${#1}" $((value ^ 0xffffffff))
}

check() {
  local data at id name verdict='the same' documents_of
  IFS= read -r -d '' data <"$1"
  parse_json "$data" || verdict=another
  for ((at = 0; at < json[top.words]; at++)); do
    name=${json[top.words.$at.word]}
    read -r -a documents_of <<<"${found[$name]}"
    for ((id = 0; id < ${#documents_of[@]}; id += 2)); do
      if [[ ${json[top.words.$at.in.${documents_of[id]}]} != "${documents_of[id + 1]}" ]]; then verdict=another; fi
    done
  done
  echo "$1: $(crc32 "$data"), $at words read back, $verdict"
  local -a files=(*.json)
  echo "files: ${files[*]}"
}

if (($# == 0)); then
  echo 'usage: index FILE... < QUERIES' >&2
  exit 1
fi
read_all "$@"
sorted=("${!found[@]}")
sort_by by_name
words=("${sorted[@]}")
describe
while IFS=$' \t\r' read -r query; do
  if [[ -n $query && $query != '#'* ]]; then answer "$query"; fi
done
save index.json
check index.json
