import Foundation
import Measures
import Simulation
import TestSupport
import Testing

/// Limits of real control groups, lowered by the operator's command and given back by the agent alone.
@Suite("The road of leases", .serialized, .enabled(if: ControlGroups.obstacle == nil))
final class LeaseRoadTests {
    private static let container = String(repeating: "a1", count: 32)
    /// 0.8 cores in the kernel's standard period.
    private static let ownersQuota = "80000"

    private let installation: Installation
    private let tree: VirtualTree
    private let parent = "reeve-test-\(UUID().uuidString)"

    init() throws {
        installation = try Installation()
        try installation.makeKey(of: "w01")
        tree = try installation.makeTree(of: "w01")
        for controller in ControlGroups.controllers {
            try FileManager.default.createDirectory(atPath: group(controller), withIntermediateDirectories: true)
        }
        try write(Self.ownersQuota, "cpu.cfs_quota_us")
    }

    deinit {
        for controller in ControlGroups.controllers {
            var path = group(controller)
            while path.contains(parent) {
                rmdir(path)
                path = (path as NSString).deletingLastPathComponent
            }
        }
    }

    private func group(_ controller: String) -> String {
        "\(ControlGroups.root)/\(controller)/\(parent)/kubepods/burstable/pod11111111-2222-3333-4444-555555555555/\(Self.container)"
    }

    private func write(_ text: String, _ file: String) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(group("cpu"))/\(file)"))
        defer { try? handle.close() }
        try handle.write(contentsOf: Data(text.utf8))
    }

    private func quota() throws -> String {
        try String(contentsOfFile: "\(group("cpu"))/cpu.cfs_quota_us", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func startAgent(leases: Bool = true) throws -> Program {
        try installation.startContainerAgent(on: tree, cgroupParent: parent, leases: leases)
    }

    private func ask(_ arguments: [String]) throws -> (exitCode: Int32, output: String, error: String) {
        try Program.run("reeve", arguments + ["--socket", installation.socket, "--output", "json", "--timeout", "2000"])
    }

    /// Starts coordinator and agent, and waits until the one has heard of the other's container.
    private func start() async throws -> (coordinator: Program, agent: Program) {
        let coordinator = try installation.startCoordinator()
        let agent = try startAgent()
        try await eventually("the coordinator knows the container") {
            try ask(["containers", "--node", "w01"]).output.contains(Self.container)
        }
        return (coordinator, agent)
    }

    private func lower(for duration: String) async throws {
        let (code, output, error) = try ask(
            ["leases", "take", "--node", "w01", "--container", Self.container, "--cpu", "0.5", "--for", duration])
        #expect(code == 0, "\(output) \(error)")
        try await eventually("the limit is lowered") { try quota() == "50000" }
    }

    @Test func `a coordinator that is killed leaves no lowered limit behind`() async throws {
        let (coordinator, agent) = try await start()
        // So long that it is still in force when a busy machine comes to look.
        try await lower(for: "20s")
        coordinator.kill()
        _ = coordinator.finish()
        #expect(try quota() == "50000")
        try await eventually("the owner's limit is back") { try quota() == Self.ownersQuota }
        #expect(!agent.hasEnded)
    }

    @Test func `a lease that is ended, or whose agent stops, gives the limit back at once`() async throws {
        let (coordinator, agent) = try await start()
        defer { coordinator.kill() }
        try await lower(for: "10m")
        let held = try ask(["leases"]).output
        let lease = try #require(held.firstMatch(of: #/"lease"\s*:\s*"([0-9a-f]{16})"/#)?.output.1, "\(held)")
        #expect(try ask(["leases", "end", String(lease)]).exitCode == 0)
        try await eventually("the owner's limit is back") { try quota() == Self.ownersQuota }
        try await lower(for: "10m")
        agent.send(SIGTERM)
        #expect(agent.finish().exitCode == 0)
        #expect(try quota() == Self.ownersQuota)
    }

    @Test func `a killed agent's successor gives the limit back, and refuses where leases are off`() async throws {
        let (coordinator, agent) = try await start()
        defer { coordinator.kill() }
        try await lower(for: "10m")
        agent.kill()
        _ = agent.finish()
        #expect(try quota() == "50000")
        let successor = try startAgent(leases: false)
        try await eventually("the owner's limit is back") { try quota() == Self.ownersQuota }
        try await eventually("an order is refused with a sentence") {
            let (code, output, error) = try ask(
                ["leases", "take", "--node", "w01", "--container", Self.container, "--cpu", "0.5", "--for", "10s"])
            return code != 0 && (output + error).contains("not allowed to change limits")
        }
        #expect(try quota() == Self.ownersQuota)
        #expect(!successor.hasEnded)
    }

    // MARK: Times by the wall clock, on demand

    private static let areTimesWanted = ProcessInfo.processInfo.environment["REEVE_TEST_FAULTS"] != nil
    private static let allowedSeconds = 0.1

    /// When the quota was first seen to be `wanted`, looked at every millisecond.
    private func moment(quotaIs wanted: String) async throws -> ContinuousClock.Instant {
        let clock = ContinuousClock()
        let start = clock.now
        while try quota() != wanted {
            try #require(clock.now - start < .seconds(60), "the quota does not become \(wanted)")
            try await Task.sleep(for: .milliseconds(1))
        }
        return clock.now
    }

    /// Lowers the limit and returns when that was seen, at most a look after the lease began.
    private func lowerAtOnce(for duration: String) async throws -> ContinuousClock.Instant {
        let order = try Program(
            "reeve",
            [
                "leases", "take", "--node", "w01", "--container", Self.container, "--cpu", "0.5", "--for", duration,
                "--socket", installation.socket,
            ])
        let moment = try await moment(quotaIs: "50000")
        #expect(order.finish().exitCode == 0)
        return moment
    }

    /// A process that uses all it can get as soon as it is continued.
    private func startStoppedOwner() throws -> Process {
        let owner = Process()
        owner.executableURL = URL(fileURLWithPath: "/bin/sh")
        owner.arguments = ["-c", "kill -STOP $$; while :; do :; done"]
        try owner.run()
        return owner
    }

    private func report(_ what: String, _ seconds: [Double]) throws {
        let quartiles = try #require(Quartiles(seconds))
        print(
            "\(what): median \(quartiles.median) s of \(seconds.count), from \(quartiles.minimum) to "
                + "\(quartiles.maximum), allowed \(Self.allowedSeconds)")
        #expect(quartiles.median <= Self.allowedSeconds, "\(what)")
    }

    @Test(.enabled(if: areTimesWanted, "slow and timed: make test-faults"))
    func `without a coordinator the limit is back within 100 ms of the lease's end`() async throws {
        var late: [Double] = []
        for _ in 0..<10 {
            let (coordinator, agent) = try await start()
            let began = try await lowerAtOnce(for: "1s")
            coordinator.kill()
            _ = coordinator.finish()
            late.append((try await moment(quotaIs: Self.ownersQuota) - began) / .seconds(1) - 1)
            agent.send(SIGTERM)
            #expect(agent.finish().exitCode == 0)
        }
        try report("a limit whose coordinator was killed is back after its lease's end in", late)
    }

    @Test(.enabled(if: areTimesWanted, "slow and timed: make test-faults"))
    func `an owner that needs its grant has it back within 100 ms`() async throws {
        let (coordinator, agent) = try await start()
        defer { coordinator.kill() }
        var waited: [Double] = []
        for _ in 0..<10 {
            // Refused for as long as what the owner used in the round before is remembered.
            try await eventually("the limit is lowered again") {
                try ask(
                    ["leases", "take", "--node", "w01", "--container", Self.container, "--cpu", "0.5", "--for", "10m"]
                ).exitCode == 0
            }
            _ = try await moment(quotaIs: "50000")
            let owner = try startStoppedOwner()
            for controller in ControlGroups.controllers {
                try Data("\(owner.processIdentifier)".utf8)
                    .write(to: URL(fileURLWithPath: "\(group(controller))/cgroup.procs"))
            }
            let started = ContinuousClock.now
            kill(owner.processIdentifier, SIGCONT)
            waited.append((try await moment(quotaIs: Self.ownersQuota) - started) / .seconds(1))
            kill(owner.processIdentifier, SIGKILL)
            owner.waitUntilExit()
        }
        try report("an owner that needs its grant has it back in", waited)
        agent.send(SIGTERM)
        #expect(agent.finish().exitCode == 0)
    }
}
