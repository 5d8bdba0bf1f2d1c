#!/usr/bin/env bash
# Runs a command beside a Kubernetes control plane that is there for it alone, and ends with its exit status.
#   usage: with-cluster.sh COMMAND [ARGUMENT...]       for a look around by hand: with-cluster.sh bash
# The command finds REEVE_KUBECONFIG (an administrator's), and REEVE_CLUSTER, the folder that cluster.sh asks for.
#
# Both run in namespaces of their own. The network namespace keeps ports and routes from meeting those of the host or of
# another cluster; the process namespace ends everything in it when the command ends or this script is killed; and the
# cluster's files lie in memory, in a mount that only these processes see. So nothing is left behind, whatever happens.
set -euo pipefail

if [ "${1:-}" != --inside ]; then
  [ $# -gt 0 ] || { sed -n 3p "$0" >&2; exit 2; }
  binaries=$("$(dirname "$0")/build.sh")
  state=$(dirname "$binaries")/state
  mkdir -p "$state"
  as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(--user --map-root-user)
  # unshare itself does not answer to signals while it waits; killing it ends the process namespace.
  setpriv --pdeathsig KILL unshare "${as_root[@]}" --net --mount --pid --mount-proc --fork --kill-child \
    "$0" --inside "$binaries" "$state" "$@" <&0 &
  namespace=$!
  trap 'kill -KILL "$namespace"' INT TERM HUP
  status=0
  wait "$namespace" || status=$?
  exit "$status"
fi

binaries=$2
export REEVE_CLUSTER=$3 REEVE_KUBECONFIG=$3/admin.kubeconfig
shift 3

mount -t tmpfs -o mode=700 reeve-cluster "$REEVE_CLUSTER"
ip link set lo up
"$(dirname "$0")/cluster.sh" start "$binaries"
# Not exec: the first process of a namespace must stay and take in the orphans.
status=0
"$@" || status=$?
if [ "$status" -ne 0 ] && [ ! -t 2 ]; then
  tail -n 15 "$REEVE_CLUSTER"/logs/* >&2
fi
exit "$status"
