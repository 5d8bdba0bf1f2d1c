#!/usr/bin/env bash
# A Kubernetes control plane on loopback: etcd, kube-apiserver, kube-controller-manager and kube-scheduler, with
# kubelets/ in the kubelets' place. It lives in the folder REEVE_CLUSTER; with-cluster.sh gives it namespaces of its
# own.
#   usage: cluster.sh start BINARIES | stop | status | api-only | kubectl ARGUMENT...
#   faults: cluster.sh restart-api [FLAG...] | pause-api | resume-api | compact
# Users, by certificate: admin; by bearer token: admin-token, coordinator-token (the rights that manifests/rbac.yaml
# gives) and nobody-token (none). For each of admin, coordinator and nobody there is REEVE_CLUSTER/NAME.kubeconfig.
# What all but administrators and the control plane itself ask for stands in REEVE_CLUSTER/logs/audit.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
cluster=${REEVE_CLUSTER:?cluster.sh: REEVE_CLUSTER must name the cluster\'s folder: with-cluster.sh sets it}
keys=$cluster/keys processes=$cluster/processes logs=$cluster/logs
api_port=16443 controllers_port=16444 scheduler_port=16445 etcd_port=12379 etcd_peers_port=12380
server=https://127.0.0.1:$api_port
# Pods' addresses: a range for tests (RFC 2544), all of it local, for Endpoints refuse 127.0.0.0/8.
pod_network=198.18

say() { echo "cluster: $*" >&2; }
alive() { [ -f "$processes/$1" ] && kill -0 "$(<"$processes/$1")" 2>/dev/null; }
launch() { # NAME COMMAND...
  local name=$1
  shift
  {
    # What a test hands down must not be held open: it may wait for the end of everybody who has it.
    close_descriptors
    exec setsid "$@"
  } >>"$logs/$name" 2>&1 </dev/null &
  echo $! >"$processes/$name"
}
close_descriptors() {
  local descriptor
  for descriptor in "/proc/$BASHPID/fd"/*; do
    descriptor=${descriptor##*/}
    if [ "$descriptor" -gt 2 ]; then exec {descriptor}>&-; fi
  done
}
# Waits up to 120 s for a condition; says what was waited for, and the end of the log of PROCESS, when it does not come.
await() { # PROCESS WHAT CONDITION...
  local process=$1 what=$2 deadline=$((SECONDS + 120))
  shift 2
  until "$@"; do
    if [ $SECONDS -ge $deadline ] || ! alive "$process"; then
      say "$what: not reached; the log of $process ends with"
      tail -n 20 "$logs/$process" >&2
      exit 1
    fi
    sleep 0.1
  done
}

api() { # PATH
  curl -sf --max-time 10 --cacert "$keys/ca.crt" --cert "$keys/admin.crt" --key "$keys/admin.key" "$server$1"
}
api_ready() { api /readyz >/dev/null 2>&1; }
nodes_ready() {
  local nodes
  nodes=$(api /api/v1/nodes) || return 1
  [ "$(grep -c '"reason": "KubeletReady"' <<<"$nodes")" -eq 4 ] && ! grep -qE '"(NoSchedule|NoExecute)"' <<<"$nodes"
}
account_made() { api /api/v1/namespaces/default/serviceaccounts/default >/dev/null 2>&1; }
controllers_watch_claims() { api /api/v1/namespaces/openfaas-fn/serviceaccounts/default >/dev/null 2>&1; }
metrics_served() { api /apis/metrics.k8s.io/v1beta1/nodes/w04 >/dev/null 2>&1; }

make_key() { openssl ecparam -genkey -name prime256v1 -noout -out "$keys/$1.key"; }
make_certificate() { # NAME SUBJECT EXTENSION...
  local name=$1 subject=$2
  shift 2
  make_key "$name"
  openssl req -new -key "$keys/$name.key" -subj "$subject" -out "$keys/$name.csr"
  openssl x509 -req -in "$keys/$name.csr" -CA "$keys/ca.crt" -CAkey "$keys/ca.key" -CAcreateserial -days 365 -sha256 \
    -extfile <(printf '%s\n' keyUsage=critical,digitalSignature "$@") -out "$keys/$name.crt" 2>/dev/null
}
make_keys() {
  make_key ca
  openssl req -x509 -new -key "$keys/ca.key" -subj /CN=test-cluster -days 365 -sha256 -out "$keys/ca.crt" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,digitalSignature
  make_certificate server /CN=kube-apiserver extendedKeyUsage=serverAuth \
    subjectAltName=DNS:localhost,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:10.96.0.1
  make_certificate admin /O=system:masters/CN=admin extendedKeyUsage=clientAuth
  make_certificate controllers /CN=system:kube-controller-manager extendedKeyUsage=clientAuth
  make_certificate scheduler /CN=system:kube-scheduler extendedKeyUsage=clientAuth
  openssl genrsa -out "$keys/accounts.key" 2048 2>/dev/null
  openssl rsa -in "$keys/accounts.key" -pubout -out "$keys/accounts.pub" 2>/dev/null
  printf '%s\n' admin-token,admin,1,system:masters coordinator-token,coordinator,2 nobody-token,nobody,3 \
    >"$keys/tokens.csv"
}
make_audit_policy() {
  cat >"$keys/audit.yaml" <<'END'
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- {level: None, userGroups: ["system:masters", "system:serviceaccounts:kube-system"]}
- {level: None, users: ["system:kube-controller-manager", "system:kube-scheduler", "system:apiserver"]}
- level: Metadata
END
}
kubeconfig() { # NAME USER
  cat >"$cluster/$1.kubeconfig" <<END
apiVersion: v1
kind: Config
clusters: [{name: test, cluster: {server: "$server", certificate-authority: "$keys/ca.crt"}}]
users: [{name: $1, user: $2}]
contexts: [{name: test, context: {cluster: test, user: $1}}]
current-context: test
END
}
with_certificate() { echo "{client-certificate: \"$keys/$1.crt\", client-key: \"$keys/$1.key\"}"; }
make_kubeconfigs() {
  local name
  for name in admin controllers scheduler; do kubeconfig "$name" "$(with_certificate "$name")"; done
  for name in coordinator nobody; do kubeconfig "$name" "{token: $name-token}"; done
}

launch_etcd() {
  launch etcd "$cluster/bin/etcd" --name test --data-dir "$cluster/etcd" --log-level warn \
    --listen-client-urls "http://127.0.0.1:$etcd_port" --advertise-client-urls "http://127.0.0.1:$etcd_port" \
    --listen-peer-urls "http://127.0.0.1:$etcd_peers_port" \
    --initial-advertise-peer-urls "http://127.0.0.1:$etcd_peers_port" \
    --initial-cluster "test=http://127.0.0.1:$etcd_peers_port"
}
launch_api() { # FLAG...
  # Without endpoint-reconciler-type=none the loopback address is refused as an endpoint.
  launch api "$cluster/bin/kube-apiserver" --etcd-servers="http://127.0.0.1:$etcd_port" \
    --bind-address=127.0.0.1 --advertise-address=127.0.0.1 --secure-port=$api_port --endpoint-reconciler-type=none \
    --service-cluster-ip-range=10.96.0.0/16 --authorization-mode=Node,RBAC --token-auth-file="$keys/tokens.csv" \
    --client-ca-file="$keys/ca.crt" --tls-cert-file="$keys/server.crt" --tls-private-key-file="$keys/server.key" \
    --service-account-key-file="$keys/accounts.pub" --service-account-signing-key-file="$keys/accounts.key" \
    --service-account-issuer=https://kubernetes.default.svc.cluster.local \
    --api-audiences=https://kubernetes.default.svc.cluster.local \
    --audit-policy-file="$keys/audit.yaml" --audit-log-path="$logs/audit" "$@"
  await api "the API server's readiness" api_ready
}
launch_controllers() {
  # By default nodes are lost after 40 s without a sign of life: too near to the 30 s for which a test stops the server.
  launch controllers "$cluster/bin/kube-controller-manager" --kubeconfig="$cluster/controllers.kubeconfig" \
    --authentication-kubeconfig="$cluster/controllers.kubeconfig" \
    --authorization-kubeconfig="$cluster/controllers.kubeconfig" \
    --bind-address=127.0.0.1 --secure-port=$controllers_port --port=0 --leader-elect=false \
    --root-ca-file="$keys/ca.crt" --service-account-private-key-file="$keys/accounts.key" \
    --node-monitor-grace-period=120s --use-service-account-credentials --cluster-signing-cert-file="$keys/ca.crt" \
    --cluster-signing-key-file="$keys/ca.key"
}
launch_scheduler() {
  launch scheduler "$cluster/bin/kube-scheduler" --kubeconfig="$cluster/scheduler.kubeconfig" \
    --authentication-kubeconfig="$cluster/scheduler.kubeconfig" \
    --authorization-kubeconfig="$cluster/scheduler.kubeconfig" \
    --bind-address=127.0.0.1 --secure-port=$scheduler_port --port=0 --leader-elect=false
}
launch_kubelets() {
  ip route replace local "$pod_network.0.0/16" dev lo
  launch kubelets python3 -B "$here/kubelets" --server "$server" --ca "$keys/ca.crt" --certificate "$keys/admin.crt" \
    --key "$keys/admin.key" --pod-network "$pod_network"
}

start() { # BINARIES
  mountpoint -q "$cluster" || { say "$cluster is no mount of its own: start it with with-cluster.sh"; exit 1; }
  mkdir "$keys" "$processes" "$logs"
  ln -s "$1" "$cluster/bin"
  make_keys
  make_audit_policy
  make_kubeconfigs
  launch_etcd
  launch_api
  launch_controllers
  launch_scheduler
  run_kubectl apply --validate=false -f "$here/manifests" >/dev/null
  launch_kubelets
  await kubelets "four ready nodes" nodes_ready
  await controllers "the service account of namespace default" account_made
  await controllers "the service account of namespace openfaas-fn" controllers_watch_claims
  await kubelets "metrics of the last node" metrics_served
  say "four nodes ready after $SECONDS s"
}
end() { # NAME
  local process
  alive "$1" || return 0
  process=$(<"$processes/$1")
  kill -KILL "$process"
  while kill -0 "$process" 2>/dev/null; do sleep 0.05; done
}
stop() {
  local name
  for name in kubelets scheduler controllers api etcd; do end "$name"; done
  ip route del local "$pod_network.0.0/16" dev lo 2>/dev/null || true
  rm -rf "${cluster:?}"/*
}
# Ends all but etcd and the API server, so that objects that a benchmark has made up are left as they are.
api_only() {
  local name
  for name in kubelets scheduler controllers; do end "$name"; done
}
status() {
  local name
  for name in etcd api controllers scheduler kubelets; do
    if alive "$name"; then
      printf '%-12s %s\n' "$name" "$(ps -o pid=,rss=,time= -p "$(<"$processes/$name")")"
    else
      printf '%-12s down\n' "$name"
    fi
  done
  run_kubectl get nodes
}
# By the environment, for kubectl takes no option in front of a plugin's name.
run_kubectl() { KUBECONFIG=$cluster/admin.kubeconfig "$cluster/bin/kubectl" "$@"; }
# A crash and a new server on the same etcd, with further flags if given: connections drop, and versions that a watch
# asks for may be gone.
restart_api() { # FLAG...
  end api
  launch_api "$@"
}
# Makes etcd forget every version but the last: what asks for an older one is told 410.
compact() {
  local revision
  revision=$(curl -sf "http://127.0.0.1:$etcd_port/v3/kv/range" -d '{"key":"AA=="}' |
    sed -nE 's/.*"revision":"([0-9]+)".*/\1/p')
  curl -sf "http://127.0.0.1:$etcd_port/v3/kv/compaction" -d "{\"revision\":$revision,\"physical\":true}" >/dev/null
}

command=${1:-}
[ $# -eq 0 ] || shift
case $command in
  start) start "$@" ;;
  stop) stop ;;
  status) status ;;
  api-only) api_only ;;
  kubectl) run_kubectl "$@" ;;
  restart-api) restart_api "$@" ;;
  pause-api) kill -STOP "$(<"$processes/api")" ;;
  resume-api) kill -CONT "$(<"$processes/api")" ;;
  compact) compact ;;
  *) sed -n 5,6p "$0" >&2; exit 2 ;;
esac
