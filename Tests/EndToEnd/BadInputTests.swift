import Foundation
import Messaging
import Simulation
import TestSupport
import Testing
import Topology
import Wire

/// What each program says to input that it cannot use, and that it goes on where it must.
@Suite("Bad input", .serialized, .timeLimit(.minutes(10)))
struct BadInputTests {
    private let installation: Installation
    private let tree: VirtualTree

    init() throws {
        installation = try Installation()
        try installation.makeKey(of: "w01")
        tree = try installation.makeTree(of: "w01")
    }

    /// One line of the program's standard error that says all that is to be said.
    private func hasSentence(_ program: Program, naming parts: [String]) -> Bool {
        program.standardError.split(separator: "\n").contains { line in parts.allSatisfy { line.contains($0) } }
    }

    @Test func `an msr root that cannot be read ends the agent with a sentence that names it`() throws {
        for arguments in [["probe"], ["sample"]] {
            let (code, output, error) = try Program.run(
                "reeve-agent",
                arguments + ["--source", "msr", "--msr-root", "/nowhere", "--sysfs-root", tree.sysfsRoot, "--proc-root", tree.procRoot])
            #expect(code == 1 && output.isEmpty)
            #expect(error.contains("/nowhere") && error.split(separator: "\n").count == 1, "\(error)")
        }
        let agent = try installation.startAgent(
            "w01", msrRoot: "/nowhere", sysfsRoot: tree.sysfsRoot, procRoot: tree.procRoot)
        #expect(agent.finish().exitCode == 1)
        #expect(hasSentence(agent, naming: ["reeve-agent: ", "/nowhere", "--msr-root"]), "\(agent.standardError)")
    }

    @Test func `a key file that is missing ends the agent as bad configuration`() throws {
        let agent = try installation.startAgent("w01", tree: tree, key: "w09")
        #expect(agent.finish().exitCode == 2)
        #expect(hasSentence(agent, naming: ["w09.key"]), "\(agent.standardError)")
    }

    @Test(arguments: [
        ["--interval", "9"], ["--coordinator", "nonsense"], ["--node", "Not_A_Node"],
    ])
    func `an argument that cannot be used ends the agent as bad configuration`(_ wrong: [String]) throws {
        var arguments = ["--node": "w01", "--coordinator": "tcp://127.0.0.1:1", "--interval": "10"]
        arguments[wrong[0]] = wrong[1]
        let (code, _, error) = try Program.run(
            "reeve-agent",
            ["run", "--coordinator-key", installation.path("coordinator.pub").path, "--key", installation.path("w01.key").path]
                + arguments.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] })
        #expect(code == 2)
        #expect(error.contains(wrong[0]) && error.contains(wrong[1]) && error.contains("allowed is"), "\(error)")
    }

    @Test func `a key of the configuration that nobody knows ends the coordinator as bad configuration`() throws {
        let coordinator = try installation.startCoordinator(extra: "telemtry: {}")
        #expect(coordinator.finish().exitCode == 2)
        #expect(
            hasSentence(coordinator, naming: ["coordinator.yaml", "unknown key telemtry", "telemetry"]),
            "\(coordinator.standardError)")
    }

    @Test func `a coordinator of another major version ends the agent with its sentence`() async throws {
        let loop = try SocketLoop<RefusingHandler>(name: "refusing")
        let keys = try KeyFiles.readPair(secretAt: installation.path("coordinator.key").path)
        let authenticator = Authenticator(domains: ["t": try AllowList(folder: installation.path("agents.d").path)])
        let role = SocketRole.curveRouter(bind: "tcp://127.0.0.1:\(installation.port)", keys: keys, domain: "t")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await loop.run(roles: [role], authenticator: authenticator) { _ in RefusingHandler() } }
            let agent = try installation.startAgent("w01", tree: tree)
            try await eventually("the agent ends") { agent.hasEnded }
            #expect(agent.finish().exitCode == 1)
            #expect(hasSentence(agent, naming: ["reeve-agent: ", "allowed is 2.x"]), "\(agent.standardError)")
            loop.stop()
            try await group.waitForAll()
        }
    }

    @Test func `an agent that speaks for another node is refused and told so`() async throws {
        let coordinator = try installation.startCoordinator()
        let agent = try installation.startAgent("w02", tree: tree, key: "w01")
        try await eventually("it is told so: \(coordinator.standardError)") {
            hasSentence(agent, naming: ["key w01 may not speak for node w02"])
        }
        try await eventually("the coordinator answers") { try installation.nodes() != nil }
        #expect(try installation.nodes()?["w02"] == nil)
        agent.send(SIGTERM)
        #expect(agent.finish().exitCode == 0)
    }

    @Test func `garbage on every socket leaves both answering`() async throws {
        let coordinator = try installation.startCoordinator()
        try await eventually("the coordinator answers: \(coordinator.standardError)") { try installation.nodes() != nil }
        // Bytes that are no ZMTP, on the port of telemetry.
        for _ in 0..<5 {
            let noise = Process()
            noise.executableURL = URL(fileURLWithPath: "/bin/bash")
            noise.arguments = ["-c", "head -c 100000 /dev/urandom > /dev/tcp/127.0.0.1/\(installation.port)"]
            noise.standardError = FileHandle.nullDevice
            try noise.run()
            noise.waitUntilExit()
        }
        var random = SystemRandomNumberGenerator()
        let garbage = (0..<1_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        // Proper connections that carry no message: each is answered with what is wrong.
        let query = try BlockingDealer(role: .localDealer(connect: "ipc://\(installation.socket)"))
        let reply = try query.ask(garbage, timeoutMilliseconds: 300_000) { try Reply(decoding: $0) }
        guard case .failure(.badRequest, _) = reply.outcome else {
            Issue.record("the query socket answers garbage with \(reply)")
            return
        }
        let telemetry = try BlockingDealer(
            role: .curveDealer(
                connect: "tcp://127.0.0.1:\(installation.port)",
                keys: try KeyFiles.readPair(secretAt: installation.path("w01.key").path),
                serverKey: try KeyFiles.readPublicKey(at: installation.path("coordinator.pub").path)))
        let answer = try telemetry.ask(garbage, timeoutMilliseconds: 300_000) { try CoordinatorMessage(decoding: $0) }
        guard case .refusal(let refusal) = answer, refusal.code == .malformed else {
            Issue.record("the telemetry socket answers garbage with \(answer)")
            return
        }
        let agent = try installation.startAgent("w01", tree: tree)
        let activity = HardwareActivity(utilisation: 0.25, instructionsPerCycle: 1.5, c6Share: 0.5)
        try await eventually("an honest agent is taken: \(agent.standardError)") {
            let nodes = try installation.nodes { tree.step(seconds: 0.02, activity) }
            return nodes?["w01"]?.metrics["instructions_per_cycle"] == 1.5
        }
        #expect(!coordinator.hasEnded)
    }
}

/// A coordinator of a version to come, which takes nobody of this one.
private struct RefusingHandler: SocketLoopHandler {
    mutating func receive(from message: borrowing ReceivedMessage, on socket: Int, in sockets: borrowing SocketSet) throws {
        guard let peer = message.peer else { return }
        let refusal = CoordinatorMessage.refusal(
            Refusal(.protocolVersion, "agent of w01 speaks protocol 1.1: allowed is 2.x"))
        _ = try sockets.send(refusal.encoded(), on: socket, to: peer)
    }

    mutating func tick(in sockets: borrowing SocketSet) throws -> Int? { 1_000 }
}
