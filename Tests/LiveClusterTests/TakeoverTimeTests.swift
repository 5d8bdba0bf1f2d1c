import Foundation
import Measures
import TestSupport
import Testing

extension LiveClusterTests {
    /// How long nobody leads when a leader is killed: wall-clock figures, so on demand.
    @Suite(
        "The time of a takeover",
        .enabled(if: ProcessInfo.processInfo.environment["REEVE_TEST_FAULTS"] != nil, "timed: make test-faults-kubernetes"))
    struct TakeoverTimeTests {
        /// The lease of `LiveBench`'s coordinators.
        private static let leaseSeconds = 4.0

        @Test func `the other leads within the lease's time`() async throws {
            try await LiveBench.run { bench in
                var (leader, other) = (
                    try bench.startCoordinator(guarded("observe")), try bench.startCoordinator(guarded("observe"))
                )
                var seconds: [Double] = []
                for _ in 0..<10 {
                    try await eventually("one leads") {
                        if try other.status()?.leadership?.isLeading == true { swap(&leader, &other) }
                        return try leader.status()?.leadership?.isLeading == true
                    }
                    let holder = try #require(try leader.status()?.leadership?.identity)
                    try await eventually("the other stands by") { try other.status()?.leadership?.holder == holder }
                    let clock = ContinuousClock()
                    let killed = clock.now
                    leader.kill()
                    try await eventually("the other leads") { try other.status()?.leadership?.isLeading == true }
                    seconds.append((clock.now - killed) / .seconds(1))
                    try leader.start()
                }
                let quartiles = try #require(Quartiles(seconds))
                print(
                    "taken over after a median of \(quartiles.median) s of \(seconds.count), from \(quartiles.minimum) "
                        + "to \(quartiles.maximum), with a lease of \(Self.leaseSeconds) s")
                #expect(quartiles.median <= Self.leaseSeconds)
            }
        }
    }
}
