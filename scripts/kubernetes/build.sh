#!/usr/bin/env bash
# Makes the binaries of a real control plane for the tests: kube-apiserver, kube-controller-manager and kube-scheduler
# from Debian bookworm's source package of Kubernetes (the last that holds the servers), etcd and kubectl from its
# binary packages. Everything, the Go compiler included, is fetched into a folder of the user's cache and taken apart
# there, so nothing is installed on the host and no root is needed. Prints the folder of the binaries; made once.
set -euo pipefail

version=1.20.2
suite=bookworm
cache=${XDG_CACHE_HOME:-$HOME/.cache}/reeve/kubernetes-$version
servers=(kube-apiserver kube-controller-manager kube-scheduler)
binaries=("${servers[@]}" etcd kubectl)

say() { echo "kubernetes: $*" >&2; }
complete() {
  local binary
  for binary in "${binaries[@]}"; do [ -x "$cache/bin/$binary" ] || return 1; done
}

# One build at a time: whoever comes second waits and finds the binaries there.
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
if complete; then
  echo "$cache/bin"
  exit
fi

say "building $version in $cache, once; about six minutes on two cores"
work=$cache/work
rm -rf "$work"
mkdir -p "$work"/{apt/lists/partial,apt/archives/partial,debian,source,gopath/src/k8s.io,bin}
trap 'rm -rf "$work"' EXIT
cd "$work"

# apt with sources and lists of its own, so that the host's are left alone and deb-src lines are not asked of it; the
# mirror is the host's.
mirror=$(apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
  awk -v suite="$suite" '$1 == suite && $2 == "main" { print $3; exit }')
if [ -z "$mirror" ]; then
  say "apt knows no mirror of Debian's $suite main: allowed is a machine whose sources name one" >&2
  exit 1
fi
archive="[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
printf 'deb %s\ndeb-src %s\n' "$archive" "$archive" >apt/sources.list
apt=(apt-get -qq -o "Dir::Etc::SourceList=$work/apt/sources.list" -o Dir::Etc::SourceParts=-
  -o "Dir::State::Lists=$work/apt/lists" -o "Dir::Cache=$work/apt" -o APT::Sandbox::User=)
"${apt[@]}" update
"${apt[@]}" download golang-1.19-go golang-1.19-src golang-github-modern-go-reflect2-dev etcd-server kubernetes-client
"${apt[@]}" source --download-only kubernetes
for package in ./*.deb; do dpkg-deb -x "$package" debian; done
tar -xzf kubernetes_*really"$version".orig.tar.gz -C source --strip-components=1
install debian/usr/bin/etcd debian/usr/bin/kubectl bin

# The vendored reflect2 1.0.1 corrupts memory with Go 1.18 and later; Debian packages 1.0.2.
rm -r source/vendor/github.com/modern-go/reflect2
cp -r debian/usr/share/gocode/src/github.com/modern-go/reflect2 source/vendor/github.com/modern-go/

# In GOPATH mode, for module mode stops at "updates to go.mod needed".
export GOROOT=$work/debian/usr/lib/go-1.19 GOTOOLCHAIN=local GO111MODULE=off GOFLAGS='' CGO_ENABLED=0
export GOPATH=$work/gopath GOCACHE=$work/gocache PATH=$work/debian/usr/lib/go-1.19/bin:$PATH
ln -s "$work/source" "$GOPATH/src/k8s.io/kubernetes"
cd "$GOPATH/src/k8s.io/kubernetes"

# The OpenAPI definitions are the one generated file that the source package lacks.
marked() { grep -rl --include='*.go' --exclude='*_test.go' '+k8s:openapi-gen=' "$@" | xargs -r -n 1 dirname | sort -u; }
staged=$(cd staging/src && marked k8s.io | grep -vE '^k8s.io/(code-generator|sample-apiserver)/')
inputs=$({
  sed 's#^#k8s.io/kubernetes/vendor/#' <<<"$staged"
  marked cmd pkg plugin | sed 's#^#k8s.io/kubernetes/#'
} | paste -sd ,)
go build -o "$work/openapi-gen" k8s.io/kubernetes/vendor/k8s.io/kube-openapi/cmd/openapi-gen
"$work/openapi-gen" -i "$inputs" -p k8s.io/kubernetes/pkg/generated/openapi -O zz_generated.openapi \
  -h vendor/k8s.io/code-generator/hack/boilerplate.go.txt -r "$work/openapi-report.txt" 2>"$work/openapi-gen.log" ||
  { cat "$work/openapi-gen.log" >&2; exit 1; }

# Clients look at the version that the server states; without these flags it would be v0.0.0.
flags="-s -w"
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
  stated=k8s.io/kubernetes/vendor/$package
  flags="$flags -X $stated.gitVersion=v$version -X $stated.gitMajor=1 -X $stated.gitMinor=20"
done
for server in "${servers[@]}"; do
  SECONDS=0
  go build -ldflags "$flags" -o "$work/bin/$server" "k8s.io/kubernetes/cmd/$server"
  say "$server built in $SECONDS s"
done

rm -rf "$cache/bin"
mv "$work/bin" "$cache/bin"
echo "$cache/bin"
