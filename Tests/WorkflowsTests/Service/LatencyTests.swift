import Foundation
import Measures
import Synchronization
import Testing

@testable import Workflows

/// How far the latency of a run is from what its functions saw themselves. A wall-clock median of ten, so this runs on
/// demand: `make test-faults`.
@Suite(
    .serialized,
    .enabled(if: ProcessInfo.processInfo.environment["REEVE_TEST_FAULTS"] != nil, "timed: make test-faults"))
struct LatencyTests {
    private static let limitSeconds = 0.005

    /// When the first function was asked, and when the last had its answer.
    private final class Truth: Sendable {
        private let instants = Mutex<[MonotonicInstant]>([])

        func note() { instants.withLock { $0.append(SystemTime().now) } }

        /// The seconds between the first instant and the last; forgets them.
        func takeSeconds() -> Double {
            instants.withLock { instants in
                defer { instants = [] }
                guard let first = instants.first, let last = instants.last else { return 0 }
                return last.seconds(since: first)
            }
        }
    }

    @Test(arguments: ["sync", "async"])
    func theLatencyIsWhatTheFunctionsSaw(mode: String) async throws {
        let truth = Truth()
        let works = ContractGateway.Behaviour.answers { _, _ in
            truth.note()
            try? await Task.sleep(for: .milliseconds(50))
            truth.note()
            return (200, "1")
        }
        let yaml = "name: w\nsteps: [{id: a, function: f, mode: \(mode)}, {id: b, after: [a], function: f, mode: \(mode)}]"
        let errors = try await ServiceRig.with([yaml], functions: ["f": works]) { rig async throws in
            var errors: [Double] = []
            for _ in 0..<10 {
                let id = try await rig.submit("w")
                guard case .ended(.completed, let seconds) = try await rig.service.result(of: id).state else {
                    throw ServiceRig.Unmet()
                }
                errors.append(seconds - truth.takeSeconds())
            }
            return errors
        }
        let quartiles = try #require(Quartiles(errors))
        print(
            "latency of a run of two \(mode) calls, beyond what its functions saw: median \(quartiles.median) s of "
                + "\(errors.count), from \(quartiles.minimum) to \(quartiles.maximum), allowed \(Self.limitSeconds)")
        #expect(quartiles.minimum >= 0)
        #expect(quartiles.median <= Self.limitSeconds)
    }
}
