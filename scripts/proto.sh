#!/usr/bin/env bash
# Regenerates the committed C code from proto/ into the folder given, or into Sources/Shared/WireC.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${1:-Sources/Shared/WireC}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
(cd proto && protoc-c --c_out="$scratch" reeve/v1/*.proto)
mkdir -p "$target/include/reeve/v1" "$target/reeve/v1"
cp "$scratch"/reeve/v1/*.h "$target/include/reeve/v1/"
cp "$scratch"/reeve/v1/*.c "$target/reeve/v1/"
