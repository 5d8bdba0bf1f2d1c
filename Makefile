# The two commands for newcomers are `make demo` and `make test`; both install what is missing first.
.PHONY: all setup build demo live-demo test test-kubernetes test-examples test-integrations test-dashboard test-faults test-routing test-faults-kubernetes test-soak test-deb test-vm bench bench-kubernetes bench-proxy fuzz deb proto clean

# Optimised, because the tests train learners and decode millions of messages; testable, because they look inside; and the
# same for demo and test, so that the second of them finds everything built.
SWIFT_FLAGS := -c release -Xswiftc -enable-testing
# Not all at once, as is the default: two thousand tests that have begun hold so many descriptors that Foundation's Process,
# which reads beyond the end of a long directory /proc/self/fd, ends all of them.
RUN_TESTS := swift test $(SWIFT_FLAGS) --skip-build --experimental-maximum-parallelization-width 48

all: build

setup:
	@scripts/setup.sh

build: setup
	swift build -c release

# The thesis' experiment with real agents, sockets and learner; ends with demo-output/report.html.
demo: setup
	swift build $(SWIFT_FLAGS)
	.build/release/reeve demo

# The loop on a real Kubernetes control plane on this machine: the video workflow's functions as processes, stress-ng as
# interference, latencies measured. As root the processors are divided among the nodes by control groups; without, pressure
# on one node reaches all of them.
live-demo: setup
	@scripts/setup.sh curl debian-archive-keyring iproute2 openssl python3 util-linux
	@scripts/setup.sh ffmpeg opencv-data python3-opencv stress-ng
	$(MAKE) $(EXAMPLES)/store/videos/faces.mp4
	swift build $(SWIFT_FLAGS)
	scripts/kubernetes/with-cluster.sh scripts/kubernetes/live-demo.sh $(EXAMPLES)/store

# What computes for long, needs its turns in time, or starts programs and waits for them runs by itself: beside two thousand
# other tests it would be starved, and would starve them.
test: setup
	@scripts/setup.sh haproxy nginx-light openssl
	swift build $(SWIFT_FLAGS) --build-tests
	REEVE_TEST_EXPERIMENTS=1 $(RUN_TESTS) --filter 'ExperimentsTests.(OlschedulerExperimentTests|FreyrAcceptanceTests)'
	REEVE_TEST_REQUESTS=100000 $(RUN_TESTS) --filter EndToEnd.RoutingLoadTests
	REEVE_TEST_ALONE=1 $(RUN_TESTS) --filter EndToEnd.TelemetryRoadTests
	REEVE_TEST_ALONE=1 $(RUN_TESTS) --no-parallel --filter HTTPAPITests.MalformedTests
	$(RUN_TESTS) --filter '^EndToEnd\.'
	$(RUN_TESTS) --skip '^EndToEnd\.'

# What needs a real Kubernetes control plane: one is started for it alone and leaves nothing behind. Its binaries are made
# first, in the user's cache, when they are not there yet; that takes six minutes on two cores.
test-kubernetes: setup
	@scripts/setup.sh curl debian-archive-keyring iproute2 openssl python3 util-linux
	swift build $(SWIFT_FLAGS) --build-tests
	scripts/kubernetes/with-cluster.sh $(RUN_TESTS) --filter KubernetesTests
	scripts/kubernetes/with-cluster.sh $(RUN_TESTS) --filter LiveClusterTests

# The workflow's example functions with ffmpeg and OpenCV, and the object store against a server that checks signatures.
test-examples: setup
	@scripts/setup.sh ffmpeg opencv-data python3-opencv python3-venv
	$(MAKE) $(EXAMPLES)/store/videos/faces.mp4 $(EXAMPLES)/moto/bin/moto_server
	swift build $(SWIFT_FLAGS) --build-tests
	REEVE_EXAMPLE_VIDEO=$(CURDIR)/$(EXAMPLES)/store/videos/faces.mp4 REEVE_MOTO_SERVER=$(CURDIR)/$(EXAMPLES)/moto/bin/moto_server \
	  $(RUN_TESTS) --filter 'VideoExampleTests|S3StoreTests'

EXAMPLES := .build/examples

$(EXAMPLES)/store/videos/faces.mp4:
	examples/functions/make-video.sh $@ 60

$(EXAMPLES)/moto/bin/moto_server:
	/usr/bin/python3 -m venv $(EXAMPLES)/moto
	$(EXAMPLES)/moto/bin/pip install --quiet 'moto[server]==5.2.5'

# What is served and sent before programs that others have written: Prometheus scrapes, promtool looks for what is against
# the conventions, Schemathesis for answers that the API's document does not allow, and InfluxDB takes points, goes away for a
# minute and returns. Six minutes after the build on two cores; each of the servers has a port and a folder of its own.
test-integrations: setup
	@scripts/setup.sh influxdb prometheus python3-venv
	$(MAKE) $(INTEGRATIONS)/bin/schemathesis
	swift build $(SWIFT_FLAGS) --build-tests
	REEVE_TEST_INTEGRATIONS=1 $(RUN_TESTS) --filter 'InfluxTests.RealInfluxTests|HTTPAPITests.PrometheusTests'
	REEVE_TEST_INTEGRATIONS=1 REEVE_SCHEMATHESIS=$(CURDIR)/$(INTEGRATIONS)/bin/schemathesis \
	  $(RUN_TESTS) --filter HTTPAPITests.SchemathesisTests

INTEGRATIONS := .build/integrations

$(INTEGRATIONS)/bin/schemathesis:
	/usr/bin/python3 -m venv --clear $(INTEGRATIONS)
	$(INTEGRATIONS)/bin/pip install --quiet 'schemathesis==4.32.5'

# The dashboard in a real browser: with 4 and with 1 000 nodes, and during a demo, beside what the query socket says.
test-dashboard: setup
	@scripts/setup.sh chromium python3
	swift build $(SWIFT_FLAGS) --build-tests
	swift build $(SWIFT_FLAGS)
	REEVE_TEST_DASHBOARD=1 $(RUN_TESTS) --filter HTTPAPITests.DashboardBrowserTests
	scripts/dashboard/check-demo.sh .build/release/reeve

# Kills agents and coordinator in mid-run, and measures how true latencies are: wall-clock medians of ten, so one test after the
# other. Kills what writes a journal and a history two hundred times; `make test` does a dozen times.
test-faults: setup
	swift build $(SWIFT_FLAGS) --build-tests
	REEVE_TEST_FAULTS=1 $(RUN_TESTS) --no-parallel --filter 'EndToEnd.FaultTests|EndToEnd.LeaseRoadTests|EndToEnd.HarvestRoadTests|WorkflowsTests.LatencyTests'
	REEVE_TEST_KILLS=200 $(RUN_TESTS) --filter StoreTests.KillTests

# A million requests through the router to ten workers that are killed, drained and brought back meanwhile, under another
# configuration every second; `make test` has 100 000 of them.
test-routing: setup
	swift build $(SWIFT_FLAGS) --build-tests
	REEVE_TEST_REQUESTS=1000000 $(RUN_TESTS) --filter EndToEnd.RoutingLoadTests

# Kills the leader of two coordinators on a real control plane; a wall-clock median of ten.
test-faults-kubernetes: setup
	@scripts/setup.sh curl debian-archive-keyring iproute2 openssl python3 util-linux
	swift build $(SWIFT_FLAGS) --build-tests
	REEVE_TEST_FAULTS=1 scripts/kubernetes/with-cluster.sh $(RUN_TESTS) --filter LiveClusterTests.TakeoverTimeTests

# A day of virtual time at one sample every 10 ms, with faults at random; `make test` has an hour of it.
test-soak: setup
	swift build $(SWIFT_FLAGS) --build-tests
	REEVE_SOAK_HOURS=24 $(RUN_TESTS) --filter CountersTests.SoakTests

# Speed beside bare C and bare libzmq in the same run; the agent's cost beside bare reads and node_exporter.
bench: setup
	swift run --package-path Benchmarks -c release learning-benchmark
	swift run --package-path Benchmarks -c release ingest-benchmark
	@scripts/setup.sh prometheus-node-exporter
	swift build -c release --product reeve-agent
	swift run --package-path Benchmarks -c release agent-benchmark .build/release/reeve-agent
	swift run --package-path Benchmarks -c release container-benchmark
	swift run --package-path Benchmarks -c release faas-benchmark
	swift run --package-path Benchmarks -c release store-benchmark

# The way to a real control plane, and what a large cluster on it costs the coordinator. Ten minutes.
bench-kubernetes: setup
	@scripts/setup.sh curl debian-archive-keyring iproute2 openssl python3 util-linux
	swift build --package-path Benchmarks -c release --product kubernetes-benchmark
	scripts/kubernetes/with-cluster.sh Benchmarks/.build/release/kubernetes-benchmark

# The proxy beside nginx and HAProxy in one run: processor time per request, tails, memory, descriptors. Five minutes.
bench-proxy: setup
	@scripts/setup.sh haproxy nginx-light python3 util-linux wrk
	swift build --package-path Benchmarks -c release --product proxy-benchmark
	scripts/proxy/bench.sh Benchmarks/.build/release/proxy-benchmark

# libFuzzer over what reads bytes from outside, ten minutes each unless REEVE_FUZZ_SECONDS says otherwise.
fuzz: setup
	scripts/fuzz.sh

# The Debian packages reeve-agent and reeve-coordinator, in .build-deb/packages.
deb:
	@scripts/setup.sh debhelper dpkg-dev python3
	scripts/packages/build.sh

# Looks into the packages, then installs, upgrades, removes and purges them in a booted machine under software emulation.
test-deb:
	@scripts/setup.sh debhelper dpkg-dev python3 lintian man-db systemd $(MACHINE_PACKAGES)
	@scripts/packages/check.sh packages

# The packages at work in that machine: readiness, telemetry, outages, the watchdog, an unplugged processor. Ten minutes.
test-vm:
	@scripts/setup.sh debhelper dpkg-dev python3 $(MACHINE_PACKAGES)
	@scripts/packages/check.sh all

MACHINE_PACKAGES := qemu-system-x86 mmdebstrap fakeroot e2fsprogs

proto: setup
	scripts/proto.sh

clean:
	rm -rf .build .build-deb .build-vm Benchmarks/.build Fuzz/.build demo-output
