#!/usr/bin/env bash
# Measures reeve's proxy beside nginx and HAProxy, by turns in one run: processor time per request, 99th percentile, memory
# of 10000 open connections, and 400 requests at once with 512 descriptors. The proxies run on core 0, wrk and the workers on
# core 1. Ends with status 1 outside of a limit. Usage: bench.sh PROXY_BENCHMARK [rounds] [seconds]
set -euo pipefail
proxy=$(realpath "$1")
rounds=${2:-5}
seconds=${3:-5}
here=$(dirname "$(realpath "$0")")
exec python3 "$here/bench.py" "$proxy" "$rounds" "$seconds"
