internal import BareSockets
internal import FoundationEssentials
internal import Glibc
internal import Measures
internal import Messaging
internal import Synchronization
internal import Telemetry

/// Measures how fast telemetry is taken over ipc on one core, sender included, beside a bare libzmq ROUTER that only
/// receives the same bytes; ends with status 1 when either limit of the version without CURVE is missed.
@main
struct IngestBenchmark {
    static let singleSampleLimitRatio = 0.5
    static let tenSamplesLimitPerSecond = 200_000.0
    static let rounds = 7

    static func main() async throws {
        guard bare_pin_to_one_cpu() == 0 else { throw IngestError(description: "sched_setaffinity failed") }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-ingest-\(getpid())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let bench = Bench(folder: folder)
        let single = try await bench.compare(samples: 1, messages: 100_000, withCURVE: false)
        let ten = try await bench.compare(samples: 10, messages: 20_000, withCURVE: false)
        _ = try await bench.compare(samples: 1, messages: 50_000, withCURVE: true)
        _ = try await bench.compare(samples: 10, messages: 10_000, withCURVE: true)
        let isMet = single.ratio >= singleSampleLimitRatio && ten.samplesPerSecond >= tenSamplesLimitPerSecond
        print(
            "limits without CURVE: one sample per message \(singleSampleLimitRatio) of bare libzmq, "
                + "ten \(Int(tenSamplesLimitPerSecond)) samples/s: \(isMet ? "met" : "missed")")
        exit(isMet ? 0 : 1)
    }
}

/// Runs the coordinator's way and the bare loop by turns.
struct Bench {
    let folder: String

    struct Comparison {
        var ratio: Double
        var samplesPerSecond: Double
    }

    func compare(samples: Int, messages: Int, withCURVE: Bool) async throws -> Comparison {
        let traffic = try IngestTraffic(samples: samples)
        let keys = withCURVE ? try Keys(folder: folder) : nil
        var ours: [Double] = []
        var bare: [Double] = []
        // One round outside of the record brings code and data into the caches.
        for round in 0...IngestBenchmark.rounds {
            let a = try await perSecond(messages, traffic, keys, name: "ours-\(round)") { endpoint in
                try await ingest(on: endpoint, messages: messages, keys: keys)
            }
            let b = try await perSecond(messages, traffic, keys, name: "bare-\(round)") { endpoint in
                // The hello is a message too.
                let elapsed = (keys?.texts ?? .none).withKeys { bare_receive(endpoint, $0, UInt32(messages + 1)) }
                guard elapsed > 0 else { throw IngestError(description: "the bare loop failed") }
                return UInt64(elapsed)
            }
            if round > 0 {
                ours.append(a)
                bare.append(b)
            }
        }
        let result = Comparison(
            ratio: ours.sorted()[ours.count / 2] / bare.sorted()[bare.count / 2],
            samplesPerSecond: ours.sorted()[ours.count / 2] * Double(samples))
        print(
            "\(samples) sample(s) of 16 cores per message, \(traffic.message.count) bytes, ipc, one core, CURVE "
                + "\(withCURVE ? "on" : "off") in both: reeve \(Int(ours.sorted()[ours.count / 2])) messages/s, "
                + "\(Int(result.samplesPerSecond)) samples/s; bare libzmq \(Int(bare.sorted()[bare.count / 2])) messages/s; "
                + "ratio \((result.ratio * 1_000).rounded() / 1_000) (medians of \(ours.count) rounds)")
        return result
    }

    /// Messages per second that `receive` takes from a sender of its own.
    private func perSecond(
        _ messages: Int, _ traffic: IngestTraffic, _ keys: Keys?, name: String,
        receive: (String) async throws -> UInt64
    ) async throws -> Double {
        let endpoint = "ipc://\(folder)/\(name)"
        let sender = try SenderThread(endpoint: endpoint, traffic: traffic, messages: messages, keys: keys?.texts ?? .none)
        let elapsed = try await receive(endpoint)
        try sender.join()
        return Double(messages - 1) / (Double(elapsed) * 1e-9)
    }

    /// The nanoseconds that the coordinator's way took for the batches.
    private func ingest(on endpoint: String, messages: Int, keys: Keys?) async throws -> UInt64 {
        let hub = TelemetryHub(settings: TelemetrySettings(), time: SystemTime())
        let loop = try SocketLoop<IngestHandler>(name: "ingest")
        let outcome = Outcome()
        let role: SocketRole =
            keys.map { .curveRouter(bind: endpoint, keys: $0.server, domain: "telemetry") } ?? .localRouter(bind: endpoint)
        let authenticator = try keys.map { Authenticator(domains: ["telemetry": try AllowList(folder: $0.allowList)]) }
        try await loop.run(roles: [role], authenticator: authenticator) { _ in
            IngestHandler(hub: hub, expecting: messages) { result in outcome.value.withLock { $0 = result } }
        }
        let accepted = hub.snapshot().state[IngestTraffic.node]?.counts.acceptedBatches
        guard accepted == UInt64(messages) else {
            throw IngestError(description: "\(accepted ?? 0) of \(messages) batches are in the snapshot")
        }
        return outcome.value.withLock { $0.nanoseconds }
    }
}

/// Carries a result out of the loop's thread.
private final class Outcome: Sendable {
    let value = Mutex(IngestResult())
}
