#!/usr/bin/env bash
# Beside a control plane of with-cluster.sh: deploys the functions of the video workflow as processes of this machine,
# starts a gateway, and runs `reeve live-demo` with the arguments given.
#   usage: with-cluster.sh live-demo.sh STORE [ARGUMENT...]     STORE: the folder that has videos/faces.mp4
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
store=$(cd "$1" && pwd)
shift
kubectl() { "$here/cluster.sh" kubectl "$@"; }

# As OpenFaaS deploys a function, but for the command, which an image would have: kubelets/ runs it on this machine.
deployment() { # NAME
  cat <<END
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: $1, namespace: openfaas-fn, labels: {faas_function: $1}}
spec:
  replicas: 1
  revisionHistoryLimit: 10
  selector: {matchLabels: {faas_function: $1}}
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  template:
    metadata: {labels: {faas_function: $1}}
    spec:
      terminationGracePeriodSeconds: 30
      containers:
      - name: $1
        image: example.invalid/video-functions
        workingDir: $root/examples/functions
        command: [/usr/bin/python3, -B, serve.py, $1, --address, \$(POD_IP), --port, "8080"]
        env:
        - {name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
        - {name: REEVE_STORE, value: $store}
        - {name: OPENCV_FOR_THREADS_NUM, value: "2"}
        ports: [{name: http, containerPort: 8080}]
        readinessProbe: {httpGet: {path: /_/health, port: 8080}, periodSeconds: 1}
        resources: {requests: {cpu: 100m, memory: 192Mi}}
END
}

for function in wrapper framer facedetector faceanalyzer mobilenet outputer; do deployment "$function"; done |
  kubectl apply --validate=false -f - >/dev/null
kubectl -n openfaas-fn wait --for=condition=available deployment --all --timeout=300s >/dev/null

keys=$REEVE_CLUSTER/keys
exec 3< <(exec python3 -B "$here/gateway" --listen 127.0.0.1:0 --server https://127.0.0.1:16443 --ca "$keys/ca.crt" \
  --certificate "$keys/admin.crt" --key "$keys/admin.key")
gateway=$!
trap 'kill "$gateway"' EXIT
read -r -u 3 _ _ url
cat <&3 >"$REEVE_CLUSTER/logs/gateway" &
"$root/.build/release/reeve" live-demo --kubeconfig "$REEVE_CLUSTER/coordinator.kubeconfig" --gateway "$url" \
  --workflows "$root/examples/workflows" --store "$store" "$@"
