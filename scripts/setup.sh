#!/usr/bin/env bash
# Installs what reeve needs from Debian's packages and checks the Swift toolchain. Says what it installs; silent and
# quick when nothing is missing. Names of further packages may be given as arguments.
set -euo pipefail

packages=(libzmq3-dev libprotobuf-c-dev protobuf-c-compiler libyaml-dev libopenblas-serial-dev libsqlite3-dev
  libcurl4-openssl-dev "$@")
needed_major=6
needed_minor=2

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done

if [ ${#missing[@]} -gt 0 ]; then
  echo "setup: installing from Debian's packages: ${missing[*]}"
  elevate=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "setup: neither root nor sudo: install these packages and try again" >&2; exit 1; }
    elevate=(sudo)
  fi
  "${elevate[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  # Offline for systemctl: a server that tests start for themselves is not to be started for the machine as well.
  "${elevate[@]}" env DEBIAN_FRONTEND=noninteractive SYSTEMD_OFFLINE=1 apt-get install -y -qq "${missing[@]}" >/dev/null
fi

if ! command -v swift >/dev/null; then
  echo "setup: swift is not on the PATH: reeve needs Swift $needed_major.$needed_minor or later (https://www.swift.org/install)" >&2
  exit 1
fi
version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+)\.([0-9]+).*/\1 \2/p' | head -n 1)
read -r major minor <<<"${version:-0 0}"
if [ "$major" -lt "$needed_major" ] || { [ "$major" -eq "$needed_major" ] && [ "$minor" -lt "$needed_minor" ]; }; then
  echo "setup: this is Swift $major.$minor: reeve needs $needed_major.$needed_minor or later (https://www.swift.org/install)" >&2
  exit 1
fi
