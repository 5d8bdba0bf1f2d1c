import Cluster
import Foundation
import Logging
import Measures
import Messaging
import Testing
import Topology
import Wire

@testable import Simulation

@Suite("A world behind a socket", .serialized)
struct RemoteWorldTests {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rw-\(UUID().uuidString.prefix(8))")
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    var endpoint: String { "ipc://\(folder.path)/w" }

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func bed() throws -> TestBed {
        TestBed(scenario: try .thesisInference(), start: .allOnFirstNode(replicas: 8), seed: 1)
    }

    func service(_ bed: TestBed, time: any TimeSource = SystemTime()) throws -> WorldService {
        try WorldService(endpoint: endpoint, bed: bed, compression: 1e6, time: time, logger: logger)
    }

    /// By the system's time a request may take as long as a busy machine needs.
    func client() throws -> RemoteWorld {
        try RemoteWorld(
            endpoint: endpoint, timeoutNanoseconds: 300_000_000_000, time: SystemTime(), logger: logger)
    }

    /// Runs `body` beside `run`, which is cancelled afterwards.
    func during<Result: Sendable>(
        _ run: @escaping @Sendable () async throws -> Void, _ body: () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await run() }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    @Test("pressure is put on the world's nodes and taken away from them")
    func pressure() async throws {
        let (far, remote) = (try bed(), try client())
        let world = try service(far)
        let w02 = NodeName("w02")
        try await during({ try await world.run() }) {
            try await during({ try await remote.run() }) {
                let calm = far.hardwareActivity()[w02]?.utilisation ?? -1
                let order = try Interference(on: w02, cpu: 0.5, memory: 0.25, seconds: 86_400)
                try await remote.press(order)
                #expect(far.hardwareActivity()[w02]?.utilisation ?? -1 > calm + 0.4)
                let present = try #require(try await remote.pressures().first)
                #expect((present.node, present.cpu, present.cache, present.memory) == (w02, 0.5, 0, 0.25))
                #expect((1...86_400).contains(present.seconds))
                #expect(try await remote.relieve(nil) == [w02])
                #expect(try await remote.pressures().isEmpty)
                #expect(far.hardwareActivity()[w02]?.utilisation == calm)
                let unknown = await #expect(throws: ClusterError.self) {
                    try await remote.press(try Interference(on: NodeName("w09"), cpu: 1, seconds: 1))
                }
                #expect(unknown?.code == .unknownSubject)
            }
        }
    }

    @Test("the levers and the workflow do the same as on the test bed itself")
    func sameAsInProcess() async throws {
        let (far, near, remote) = (try bed(), try bed(), try client())
        let world = try service(far)
        try await during({ try await world.run() }) {
            try await during({ try await remote.run() }) {
                for control in [remote as any ClusterControl, near] {
                    try await control.move([VideoWorkflow.framer], to: NodeName("w02"))
                    try await control.scale(VideoWorkflow.models, to: 5)
                }
                #expect(try await remote.reschedule(VideoWorkflow.models) == near.reschedule(VideoWorkflow.models))
                #expect(try await remote.observe() == near.observe())
                for _ in 0..<3 {
                    let request = try #require(try await remote.nextRequest())
                    #expect(try await near.nextRequest() == request)
                    #expect(try await remote.run(request) == near.run(request))
                }
                await #expect(throws: ClusterError.self) { try await remote.move([VideoWorkflow.framer], to: NodeName("w09")) }
                world.reset(to: .allOnFirstNode(replicas: 8), scenario: try .thesisTraining())
                #expect(try await remote.nextRequest()?.sequence == 0)
            }
        }
    }

    @Test("a request made before the world is there is answered when it comes")
    func lateWorld() async throws {
        let (remote, bed) = (try client(), try bed())
        try await during({ try await remote.run() }) {
            let asking = Task { try await remote.observe() }
            let world = try service(bed)
            try await during({ try await world.run() }) {
                let snapshot = try await asking.value
                #expect(snapshot == bed.snapshot)
            }
        }
    }

    @Test("a world that ends during a request leaves it unreachable when its time is over, and its successor is found")
    func killedWorld() async throws {
        // Time stands still in the world, so that the run never ends there, and is moved by hand at the client.
        let clientTime = ManualTime()
        let frozen = try bed()
        let remote = try RemoteWorld(endpoint: endpoint, time: clientTime, logger: logger)
        let first = try service(frozen, time: ManualTime())
        try await during({ try await remote.run() }) {
            let (outcomes, ended) = AsyncStream.makeStream(of: ClusterError.Code?.self)
            var codes = outcomes.makeAsyncIterator()
            try await during({ try await first.run() }) {
                let request = try #require(try await remote.nextRequest())
                for _ in 0..<2 {
                    Task {
                        do {
                            _ = try await remote.run(request)
                            ended.yield(nil)
                        } catch {
                            ended.yield((error as? ClusterError)?.code)
                        }
                    }
                }
                // One of the two runs for ever; the other is refused once that one has arrived.
                let refused = await codes.next()
                #expect(refused == .some(.refused))
            }
            clientTime.advance(byNanoseconds: RemoteWorld.defaultTimeoutNanoseconds)
            let lost = await codes.next()
            #expect(lost == .some(.unreachable))
            let second = try service(try bed())
            try await during({ try await second.run() }) {
                let nodes = try await remote.observe().nodes
                #expect(nodes.count == 4)
            }
        }
    }

    @Test("what is open at the client's end, and what is asked after it, is unreachable")
    func closed() async throws {
        let remote = try client()
        let open = Task { try await remote.observe() }
        try await during({ try await remote.run() }) { await Task.yield() }
        let error = await #expect(throws: ClusterError.self) { try await open.value }
        #expect(error?.code == .unreachable)
        let late = await #expect(throws: ClusterError.self) { try await remote.observe() }
        #expect(late?.code == .unreachable)
    }

    @Test("an asker that is cancelled does not wait for the world")
    func cancelled() async throws {
        let remote = try client()
        try await during({ try await remote.run() }) {
            let asking = Task { try await remote.observe() }
            asking.cancel()
            await #expect(throws: CancellationError.self) { try await asking.value }
        }
    }

    @Test("bytes that are no request are answered with a failure and harm nothing")
    func malformed() async throws {
        let world = try service(try bed())
        let endpoint = endpoint
        try await during({ try await world.run() }) {
            let dealer = try BlockingDealer(role: .localDealer(connect: endpoint))
            let reply = try dealer.ask([0xFF, 0xFF, 0xFF], timeoutMilliseconds: 300_000) { try WorldReply(decoding: $0) }
            guard case .failure(.refused, _) = reply.kind else {
                Issue.record("not refused: \(reply)")
                return
            }
            let request = WorldRequest(id: 3, kind: .observe)
            let answer = try dealer.ask(request.encoded(), timeoutMilliseconds: 300_000) { try WorldReply(decoding: $0) }
            #expect(answer.id == 3)
        }
    }
}
