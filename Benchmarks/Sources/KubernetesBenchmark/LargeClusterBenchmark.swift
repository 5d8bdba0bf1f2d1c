import Foundation
import Kubernetes
import Logging
import Measures
import Synchronization

/// What a cluster of 5 000 nodes and 20 000 pods costs whoever keeps it, while 100 of the pods change a second; and how
/// long it is from the moment that a change is sent to the server to the moment that a snapshot has it.
enum LargeClusterBenchmark {
    private static let changesPerSecond = 100
    private static let seconds = 60
    private static let memoryLimitMegabytes = 400.0
    private static let cpuLimitPercent = 20.0

    static func run() async throws -> Bool {
        // Without controllers, which would take away what nobody has asked for.
        try KubernetesBenchmark.cluster("api-only")
        let settings = ClientSettings(burst: 1_000_000, requestsPerSecond: 1_000_000)
        return try await KubernetesBenchmark.withClient(of: "admin", settings: settings) { client in
            let cluster = MadeUpCluster(client: client)
            try await cluster.write()
            let holder = try Holder()
            let copy = Copy(client)
            let running = Task { await copy.reflector.run() }
            defer { running.cancel() }
            while !copy.reflector.snapshot.isSynced { try await Task.sleep(for: .milliseconds(100)) }
            let before = try holder.usage()
            let start = SystemTime().now
            let changes = try await change(cluster)
            let elapsed = SystemTime().now.seconds(since: start)
            let after = try holder.usage()
            let isCheap = report(before, after, elapsed: elapsed, changes: changes.count)
            return try await report(changes, seenBy: copy) && isCheap
        }
    }

    /// When a change was sent to the server, and when the server had answered.
    private struct Change {
        let sent: MonotonicInstant
        let answered: MonotonicInstant
    }

    /// Changes pods evenly over the time; returns how each turn went.
    private static func change(_ cluster: MadeUpCluster) async throws -> [Change] {
        let start = SystemTime().now
        let period = 1_000_000_000 / UInt64(changesPerSecond)
        return try await withThrowingTaskGroup(of: (Int, Change).self) { group in
            let turns = changesPerSecond * seconds
            for turn in 0..<turns {
                let due = start.advanced(byNanoseconds: UInt64(turn) * period)
                try await Task.sleep(nanoseconds: due.nanoseconds(since: SystemTime().now))
                group.addTask {
                    let sent = SystemTime().now
                    try await cluster.touch(turn * 7 % MadeUpCluster.pods, turn: turn)
                    return (turn, Change(sent: sent, answered: SystemTime().now))
                }
            }
            return try await group.reduce(into: [Int: Change]()) { $0[$1.0] = $1.1 }
                .sorted { $0.key < $1.key }.map(\.value)
        }
    }

    private static func report(_ before: Holder.Usage, _ after: Holder.Usage, elapsed: Double, changes: Int) -> Bool {
        let share = (after.cpuSeconds - before.cpuSeconds) / elapsed * 100
        print(
            String(
                format: "%d nodes and %d pods held while %.0f changes came in a second for %.0f s: %.0f MB resident, "
                    + "%.0f MB at most, %.1f %% of one core; %.1f s of a core to read them all",
                MadeUpCluster.nodes, MadeUpCluster.pods, Double(changes) / elapsed, elapsed, after.residentMegabytes,
                after.mostMegabytes, share, before.cpuSeconds))
        let isMet = after.mostMegabytes <= memoryLimitMegabytes && share <= cpuLimitPercent
        print("limits \(memoryLimitMegabytes) MB at most, \(cpuLimitPercent) %: \(isMet ? "met" : "MISSED")")
        return isMet
    }

    private static func report(_ changes: [Change], seenBy copy: Copy) async throws -> Bool {
        while copy.seen.count < changes.count { try await Task.sleep(for: .milliseconds(100)) }
        let seen = copy.seen
        var (fromSending, fromAnswer): ([Double], [Double]) = ([], [])
        for (turn, change) in changes.enumerated() {
            guard let seen = seen[turn] else { throw BenchmarkError(description: "change \(turn) was never seen") }
            fromSending.append(seen.seconds(since: change.sent) * 1e3)
            // None where the event came before the answer to the write.
            fromAnswer.append(seen.seconds(since: change.answered) * 1e3)
        }
        let distribution = Distribution(fromAnswer)
        let limit = KubernetesBenchmark.latencyLimitMilliseconds
        let isMet = distribution.median <= limit
        print("change answered to snapshot: \(distribution.text); from its sending: \(Distribution(fromSending).text)")
        print("limit for the median \(limit) ms: \(isMet ? "met" : "MISSED")")
        return isMet
    }

    /// A copy of the pods, and when it had which change.
    private final class Copy: Sendable {
        let reflector: Reflector<TouchedPod>
        private let box = Box()

        private final class Box: Sendable {
            let seen = Mutex<[Int: MonotonicInstant]>([:])
        }

        init(_ client: KubernetesClient) {
            reflector = Reflector(
                .pods, ObjectSelection(namespace: KubernetesBenchmark.namespace), client: client,
                logger: Logger(label: "benchmark"),
                onChange: { [box] change in
                    let now = SystemTime().now
                    for turn in change.present.compactMap(\.turn) { box.seen.withLock { $0[turn] = now } }
                })
        }

        var seen: [Int: MonotonicInstant] { box.seen.withLock { $0 } }
    }

    /// A pod with what `MadeUpCluster.touch` writes into it.
    private struct TouchedPod: KubernetesObject {
        let pod: Pod
        let turn: Int?
        var metadata: ObjectMetadata { pod.metadata }

        private enum CodingKeys: CodingKey {
            case status
        }
        private struct Status: Decodable {
            let message: String?
        }

        init(from decoder: any Decoder) throws {
            pod = try Pod(from: decoder)
            turn = try decoder.container(keyedBy: CodingKeys.self).decode(Status.self, forKey: .status).message
                .flatMap { Int($0) }
        }
    }
}
