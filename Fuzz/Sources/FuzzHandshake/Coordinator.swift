internal import Glibc
internal import Logging
internal import Measures
internal import Messaging
internal import Synchronization
internal import Telemetry
internal import Topology
internal import Uplink
internal import Wire

/// A coordinator's telemetry socket and one agent that sends to it every 10 ms, for as long as the process runs.
final class Coordinator: Sendable {
    let port: UInt16
    private let hub: TelemetryHub

    private init(port: UInt16, hub: TelemetryHub) {
        self.port = port
        self.hub = hub
    }

    /// Batches of the agent that have been taken.
    var acceptedBatches: UInt64 { hub.snapshot().state[NodeName("w01")]?.counts.acceptedBatches ?? 0 }

    /// Starts both on threads of their own; returns once the socket listens.
    static func start() -> Coordinator {
        let hub = TelemetryHub(settings: TelemetrySettings(), time: SystemTime())
        let listening = Mutex<UInt16>(0)
        do {
            let (server, client) = (try CurveKeyPair.generate(), try CurveKeyPair.generate())
            let folder = "/tmp/reeve-fuzz-\(getpid())"
            mkdir(folder, 0o700)
            try KeyFiles.allow(client.publicKey, name: "w01", in: folder)
            let authenticator = Authenticator(domains: ["fuzz": try AllowList(folder: folder)])
            unlink("\(folder)/w01.pub")
            rmdir(folder)
            let loop = try SocketLoop<Listener>(name: "coordinator")
            let done = Semaphore()
            Task {
                try await loop.run(
                    roles: [.curveRouter(bind: "tcp://127.0.0.1:*", keys: server, domain: "fuzz")],
                    authenticator: authenticator
                ) { sockets in
                    let endpoint = try sockets.boundEndpoint(of: 0)
                    listening.withLock { $0 = endpoint.split(separator: ":").last.flatMap { UInt16($0) } ?? 0 }
                    done.signal()
                    return Listener(hub: hub)
                }
            }
            done.wait()
            let port = listening.withLock { $0 }
            let agent = UplinkService(
                nodes: [
                    UplinkNode(
                        name: NodeName("w01"),
                        role: .curveDealer(connect: "tcp://127.0.0.1:\(port)", keys: client, serverKey: server.publicKey))
                ],
                settings: UplinkSettings(intervalMilliseconds: 10, cpuBudget: 1_000, bufferedBatches: 100),
                incarnation: 1, agentVersion: "fuzz", time: SystemTime(),
                logger: Logger(label: "agent") { _ in SwiftLogNoOpLogHandler() }
            ) { Source() }
            Task { try await agent.run() }
            return Coordinator(port: port, hub: hub)
        } catch {
            preconditionFailure("the coordinator cannot be started: \(error)")
        }
    }
}

/// Takes what comes, as the coordinator's telemetry service does.
struct Listener: SocketLoopHandler {
    let hub: TelemetryHub

    mutating func receive(
        from message: borrowing ReceivedMessage, on socket: Int, in sockets: borrowing SocketSet
    ) throws {
        guard let peer = message.peer, let sender = message.sender else { return }
        let answer: CoordinatorMessage
        do throws(WireError) {
            answer = hub.receive(try AgentMessage(decoding: message.payload), from: sender.name)
        } catch {
            answer = hub.receiveMalformed(error)
        }
        _ = try sockets.send(answer.encoded(), on: socket, to: peer)
    }

    mutating func tick(in sockets: borrowing SocketSet) throws -> Int? { 50 }
}

/// What the agent sends: one number, always the same.
struct Source: SampleSource {
    mutating func sample() -> SampleRound {
        let columns = ColumnTable(
            version: 1, columns: [Column(metric: .c0Residency, scope: .system, source: "os", quality: .measured)])
        return SampleRound(
            readings: [NodeReading(columns: columns, sample: Sample([0.5]))], tally: SourceTally())
    }

    mutating func setInterval(milliseconds: UInt32) {}
    mutating func close() {}
}

/// A semaphore of the system, sem_overview(7). It may cross to other threads because its memory is its own from init to
/// deinit, and sem_post(3) and sem_wait(3), all that is done with it between those, may be called from any thread.
final class Semaphore: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }
    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }
    func signal() { sem_post(semaphore) }
    func wait() { while sem_wait(semaphore) != 0 {} }
}
