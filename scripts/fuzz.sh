#!/usr/bin/env bash
# Builds the fuzz harnesses and runs each for REEVE_FUZZ_SECONDS (600). Names of harnesses as arguments run those alone.
# An input that makes one fail is kept in Fuzz/Findings; the inputs that reach new code are kept in .build and used again.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${REEVE_FUZZ_SECONDS:-600}
harnesses=("$@")
[ ${#harnesses[@]} -gt 0 ] || harnesses=(FuzzWire FuzzKernelText FuzzSettings FuzzHandshake)

# libFuzzer's main function is its own; a Swift program has one, so it enters libFuzzer as a library.
clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang
driver=$("$clang" --print-file-name="libclang_rt.fuzzer_no_main-$(uname -m).a")
[ -f "$driver" ] || { echo "fuzz: this Swift toolchain has no libFuzzer ($driver)" >&2; exit 1; }
coverage=inline-8bit-counters,pc-table,trace-cmp
swift build --package-path Fuzz -c release --sanitize address -Xswiftc -enable-testing \
  -Xswiftc "-sanitize-coverage=edge,$coverage" -Xcc "-fsanitize-coverage=edge,$coverage" \
  -Xlinker "$driver" -Xlinker -lstdc++

declare -A seeds=([FuzzWire]=wire [FuzzKernelText]=kernel-text [FuzzSettings]=settings [FuzzHandshake]=handshake)
mkdir -p Fuzz/Findings
for harness in "${harnesses[@]}"; do
  corpus=Fuzz/.build/corpus/$harness
  mkdir -p "$corpus"
  echo "fuzz: $harness for $seconds s"
  # A stack that Swift's own reporter finds adds nothing to AddressSanitizer's, and takes minutes.
  SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=8:abort_on_error=1 \
    "Fuzz/.build/release/$harness" -max_total_time="$seconds" -timeout=70 -max_len=4096 -print_final_stats=1 \
    -artifact_prefix="Fuzz/Findings/$harness-" "$corpus" "Fuzz/Seeds/${seeds[$harness]}"
done
