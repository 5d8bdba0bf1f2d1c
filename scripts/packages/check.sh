#!/usr/bin/env bash
# Checks the Debian packages, which are built first where they are missing or older than what they are made of:
# `packages` their files and their life in a booted machine from installation to purge, `all` what they do there.
set -euo pipefail
cd "$(dirname "$0")/../.."

scope=$1
mkdir -p .build-deb/packages
newest=$(find .build-deb/packages -name '*.deb' | head -n 1)
made_of=(Sources systemd packaging Package.swift CHANGELOG.md scripts/packages/build.sh)
if [ -z "$newest" ] || [ -n "$(find "${made_of[@]}" -newer "$newest" -print -quit)" ]; then
  scripts/packages/build.sh
fi
packages=(.build-deb/packages/reeve-agent_*.deb .build-deb/packages/reeve-coordinator_*.deb)
[ "$scope" = all ] || scripts/packages/check_files.py "${packages[@]}"
[ "$(dpkg --print-architecture)" = amd64 ] || { echo "check: the machine that is booted is an amd64 one" >&2; exit 1; }
image=$(scripts/packages/image.sh "${packages[@]}")
exec scripts/packages/check_machine.py "$scope" "$image" .build-vm/logs "${packages[@]}"
