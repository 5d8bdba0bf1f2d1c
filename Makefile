# The two commands for newcomers are `make demo` and `make test`; both install what is missing first.
.PHONY: all setup build demo test test-faults bench proto clean

all: build

setup:
	@scripts/setup.sh

build: setup
	swift build -c release

# The thesis' experiment with real agents, sockets and learner; ends with demo-output/report.html.
demo: build
	.build/release/reeve demo

test: setup
	swift build -c release --build-tests
	swift test -c release --skip-build

# Kills agents and coordinator in mid-run; wall-clock medians of ten.
test-faults: setup
	swift build -c release --build-tests
	REEVE_TEST_FAULTS=1 swift test -c release --skip-build --filter EndToEnd.FaultTests

# Speed beside bare C and bare libzmq in the same run.
bench: setup
	swift run --package-path Benchmarks -c release learning-benchmark

proto: setup
	scripts/proto.sh

clean:
	rm -rf .build Benchmarks/.build demo-output
