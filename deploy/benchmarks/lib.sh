# What every benchmark has: the checkout, and how a result is written. Sourced, not run.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
load=$(cut -d' ' -f1 /proc/loadavg)

# result NAME SEED FIGURES: writes results/NAME.json; FIGURES is a JSON object.
result() {
  local commit changed memory
  commit=$(git -C "$root" rev-parse HEAD)
  changed=$([ -z "$(git -C "$root" status --porcelain -- . ':!deploy/benchmarks/results')" ] && echo false || echo true)
  memory=$(awk '/MemTotal/ { printf "%.0f", $2 / 1048576 }' /proc/meminfo)
  mkdir -p "$root/deploy/benchmarks/results"
  printf '{\n  "name": "%s",\n  "commit": "%s",\n  "changed": %s,\n  "at": "%s",\n  "seed": "%s",\n  "machine": { "cores": %s, "memory_gib": %s, "java": "%s", "kernel": "%s", "load_before": %s, "load_after": %s },\n  "figures": %s\n}\n' \
    "$1" "$commit" "$changed" "$(date -u +%FT%TZ)" "$2" "$(nproc)" "$memory" \
    "$(java -version 2>&1 | sed -n 's/.*version "\(.*\)".*/\1/p')" "$(uname -r)" \
    "$load" "$(cut -d' ' -f1 /proc/loadavg)" "$3" \
    > "$root/deploy/benchmarks/results/$1.json"
  cat "$root/deploy/benchmarks/results/$1.json"
}

fail() {
  echo "$1" >&2
  exit 1
}

# builds LOG DATABASE: how many concurrent builds the server began there.
builds() {
  grep -c "@$2 LOG:  execute .*CREATE INDEX CONCURRENTLY" "$1" || true
}

# benchmark CLASS OPTION...: runs a benchmark of $module (deploy), leaves its figures in $work/figures
# and its exit code in $code.
benchmark() {
  local class=$1
  shift
  code=0
  mvn -f "$root/pom.xml" -q -B -ntp -Dstyle.color=never -Pfast -DargLine= -pl "${module:-deploy}" -am test -Dtest="$class" \
    -Dsurefire.failIfNoSpecifiedTests=false -Dlockkeeper.benchmark="$work/figures" "$@" >&2 || code=$?
  [ -s "$work/figures" ] || fail "there are no figures"
}
