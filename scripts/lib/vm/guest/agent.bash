# Runs inside the guest, as root: every job of the list in its variant's surroundings, then power off. Reports to the host
# by lines on the control port:
#   ready | start NAME | tally NAME BASE64 | end NAME EXIT_CODE SECONDS | failed REASON | done
# shellcheck shell=bash
readonly JOB=/warder/job CONTROL=/dev/vport0p1 OUTPUT=/dev/vport0p2 BUS=/run/user/1000/bus

# disk comes from start-agent.
exec 3>"$CONTROL"
say() { printf '%s\n' "$*" >&3; }
give_up() {
  say "failed $*"
  systemctl poweroff -ff
  exit 1
}

prepare() {
  mount -o ro "$(disk modules)" "$JOB/checkout/node_modules" || give_up 'no node_modules'
  # Where vite keeps what it compiles, for every user.
  mount -t tmpfs -o mode=1777,size=64m tmpfs "$JOB/checkout/node_modules/.vite-temp"
  ip link set lo up
  local _
  for _ in {1..600}; do
    [[ -S $BUS ]] && return
    sleep 0.1
  done
  give_up "no user bus after 60 s: $(systemctl is-active user@1000.service)"
}

run_job() {
  local directory=$1 name seconds code tally started=$SECONDS
  name=$(basename "$directory")
  seconds=$(<"$directory/seconds")
  tally=/tmp/warder-tally-$name.json
  say "start $name"
  # Through a pipe, since the port can be open only once and a program may open its /dev/stdout again.
  timeout -k 10 $((seconds + 30)) bash "$JOB/agent/surroundings.bash" "$(<"$directory/variant")" "$directory/command" \
    "$seconds" </dev/null 2>&1 3>&- | cat >"$OUTPUT"
  code=${PIPESTATUS[0]}
  [[ ! -s $tally ]] || say "tally $name $(base64 -w 0 "$tally")"
  say "end $name $code $((SECONDS - started))"
}

prepare
say ready
if [[ -e $JOB/shell ]]; then
  # The console is a terminal of its own, so that job control works.
  cd "$JOB/checkout" && setsid --ctty bash -l </dev/hvc0 >/dev/hvc0 2>&1 3>&-
fi
for directory in "$JOB"/jobs/*/; do
  [[ ! -d $directory ]] || run_job "${directory%/}"
done
say done
systemctl poweroff -ff
