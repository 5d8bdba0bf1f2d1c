# The two commands for newcomers are `make demo` and `make test`; both install what is missing first.
.PHONY: all setup build demo test test-faults bench proto clean

# Optimised, because the tests train learners and decode millions of messages; testable, because they look inside; and the
# same for demo and test, so that the second of them finds everything built.
SWIFT_FLAGS := -c release -Xswiftc -enable-testing

all: build

setup:
	@scripts/setup.sh

build: setup
	swift build -c release

# The thesis' experiment with real agents, sockets and learner; ends with demo-output/report.html.
demo: setup
	swift build $(SWIFT_FLAGS)
	.build/release/reeve demo

test: setup
	swift build $(SWIFT_FLAGS) --build-tests
	swift test $(SWIFT_FLAGS) --skip-build

# Kills agents and coordinator in mid-run; wall-clock medians of ten.
test-faults: setup
	swift build $(SWIFT_FLAGS) --build-tests
	REEVE_TEST_FAULTS=1 swift test $(SWIFT_FLAGS) --skip-build --filter EndToEnd.FaultTests

# Speed beside bare C and bare libzmq in the same run.
bench: setup
	swift run --package-path Benchmarks -c release learning-benchmark
	swift run --package-path Benchmarks -c release ingest-benchmark

proto: setup
	scripts/proto.sh

clean:
	rm -rf .build Benchmarks/.build demo-output
