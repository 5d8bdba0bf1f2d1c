#!/usr/bin/env bash
# Prints a kubeconfig for the coordinator, for whoever has applied rbac.yaml: the present cluster of kubectl, and the
# token of the service account reeve-coordinator. Whoever can read it is the coordinator to the cluster.
#   usage: kubeconfig.sh [KUBECTL-OPTION...] > coordinator.kubeconfig
set -euo pipefail

kubectl=(kubectl "$@")
secret() { # KEY
  "${kubectl[@]}" -n reeve get secret reeve-coordinator -o "jsonpath={.data['$1']}"
}

token=$(secret token)
# It is filled in a moment after the secret is made.
while [ -z "$token" ]; do
  [ $SECONDS -lt 60 ] || { echo "kubeconfig.sh: secret reeve/reeve-coordinator has no token" >&2; exit 1; }
  sleep 0.5
  token=$(secret token)
done
server=$("${kubectl[@]}" config view --minify -o 'jsonpath={.clusters[0].cluster.server}')
[ -n "$server" ] || { echo "kubeconfig.sh: kubectl has no present cluster: choose one with --context" >&2; exit 1; }

cat <<END
apiVersion: v1
kind: Config
clusters:
- name: cluster
  cluster:
    server: $server
    certificate-authority-data: $(secret 'ca\.crt')
users:
- name: reeve-coordinator
  user:
    token: $(base64 -d <<<"$token")
contexts:
- name: reeve
  context: {cluster: cluster, user: reeve-coordinator, namespace: openfaas-fn}
current-context: reeve
END
