#!/usr/bin/env bash
# Runs the demo's load for a while, with a version every second, and says what the process holds:
# heap in use after a collection and its size, resident memory, threads, open files, and bytes on disk by kind.
#
#   benchmarks/soak.sh [DURATION, such as 30m] [SECONDS between two lines]
set -euo pipefail
home="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
duration="${1:-30m}"
every="${2:-120}"
files="$(mktemp -d)"
demo=
end() {
    if [ -n "$demo" ]; then
        kill "$demo" 2> /dev/null || true
        wait "$demo" 2> /dev/null || true
    fi
    rm -rf "$files"
}
trap end EXIT

command -v jcmd > /dev/null || { echo "jcmd was not found; it comes with a JDK" >&2; exit 1; }

sed 's/^versions: .*/versions: {every: 1s, base-every: 10, retain: 20}/' \
    "$home/examples/clicks.yaml" > "$files/soak.yaml"
grep -q 'every: 1s' "$files/soak.yaml" || { echo "examples/clicks.yaml has no line \"versions: ...\"" >&2; exit 1; }
"$home/millrace" --version > /dev/null # builds it when that is needed
"$home/millrace" demo --config "$files/soak.yaml" --duration "$duration" --keep "$files/kept" \
    --json "$files/result.json" > "$files/demo.txt" 2>&1 &
demo=$!

# Files come and go while du looks at them, which it calls a failure.
megabytes() {
    local kilobytes
    kilobytes="$({ du -sk "$1" 2> /dev/null || true; } | cut -f 1)"
    echo $((${kilobytes:-0} / 1024))
}

# heap used|total: what is in use of the young and the old generation, or their size, in kilobytes; then comes metaspace.
heap() {
    jcmd "$demo" GC.heap_info | sed -n "s/.*$1 \([0-9]*\)K.*/\1/p" | head -n 2 | awk '{s += $1} END {print s}'
}

printf '%8s %8s %8s %8s %8s %8s %10s %12s %17s\n' \
    seconds 'heap MB' 'of MB' 'RSS MB' threads files 'versions' 'versions MB' 'checkpoints MB'
start=$SECONDS
line=$every
while kill -0 "$demo" 2> /dev/null; do
    # Each second: what checkpoints take rises and falls every dozen of them, as RocksDB merges their files.
    least=
    most=
    while :; do
        sleep 1
        taken="$(megabytes "$files/kept/checkpoints")"
        [ -n "$least" ] && [ "$least" -le "$taken" ] || least=$taken
        [ -n "$most" ] && [ "$most" -ge "$taken" ] || most=$taken
        { [ $((SECONDS - start)) -lt "$line" ] && kill -0 "$demo" 2> /dev/null; } || break
    done
    line=$((line + every))
    [ -r "/proc/$demo/status" ] || break
    jcmd "$demo" GC.run > /dev/null 2>&1 || break
    used="$(heap used)" || break
    total="$(heap total)" || break
    printf '%8d %8d %8d %8d %8d %8d %10d %12d %17s\n' \
        $((SECONDS - start)) \
        $((used / 1024)) \
        $((total / 1024)) \
        $(($(sed -n 's/VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$demo/status" || echo 0) / 1024)) \
        "$(sed -n 's/Threads:[^0-9]*//p' "/proc/$demo/status")" \
        "$(find "/proc/$demo/fd" -mindepth 1 2> /dev/null | wc -l)" \
        "$(find "$files/kept" -name manifest.json | wc -l)" \
        "$(megabytes "$files/kept/versions")" \
        "$least to $most"
done
wait "$demo"
tail -n 12 "$files/demo.txt"
