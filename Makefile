# The two commands for newcomers are `make demo` and `make test`; both install what is missing first.
.PHONY: all setup build test proto clean

all: build

setup:
	@scripts/setup.sh

build: setup
	swift build -c release

test: setup
	swift build -c release --build-tests
	swift test -c release --skip-build

proto: setup
	scripts/proto.sh

clean:
	rm -rf .build Benchmarks/.build
