#!/usr/bin/env bash
# Runs a demo and looks at its dashboard in a browser, beside what the query socket says.
# usage: check-demo.sh PATH-OF-REEVE [FOLDER-FOR-SCREENSHOTS]
set -euo pipefail

reeve=$1
pictures=${2:-}
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d -t reeve-dashboard-XXXXXX)
demo=

finish() {
  if [ -n "$demo" ]; then
    kill "$demo" 2>/dev/null || true
    wait "$demo" 2>/dev/null || true
  fi
  rm -rf "$folder"
}
trap finish EXIT

"$reeve" demo --folder "$folder/demo" --report "$folder/report.html" --schedulers custom --training-steps 100000 \
  --comparison-seeds none >"$folder/log" 2>&1 &
demo=$!
url=
for _ in $(seq 600); do
  url=$(sed -n 's/^dashboard, while this runs: //p' "$folder/log")
  [ -z "$url" ] || break
  kill -0 "$demo" 2>/dev/null || { cat "$folder/log" >&2; exit 1; }
  sleep 0.1
done
arguments=("$url" --nodes 4 --reeve "$reeve" --socket "$folder/demo/query.sock" --name demo)
[ -z "$pictures" ] || arguments+=(--pictures "$pictures")
python3 "$here/check.py" "${arguments[@]}"
