import Foundation
import Measures
import Simulation
import TestSupport
import Testing

/// Idle CPU of one real control group speeds up the process of another, and goes back.
@Suite("The road of the harvest", .serialized, .enabled(if: ControlGroups.obstacle == nil))
final class HarvestRoadTests {
    /// A container with a pod of its own and a limit in thousandths of a core.
    private struct Container {
        let function: String
        let uid: String
        let id: String
        let millicores: Int

        var quota: String { "\(millicores * 100)" }
        var podFolder: String { "functions_\(function)-6d4b75cb6d-x2k9p_\(uid)" }
    }

    /// Uses a tenth of what it may, and could use all of it.
    private static let donor = Container(
        function: "donor", uid: "11111111-2222-3333-4444-555555555555", id: String(repeating: "d0", count: 32),
        millicores: 180 * scale)
    /// Uses all it may, and could use twice as much.
    private static let starved = Container(
        function: "starved", uid: "66666666-7777-8888-9999-000000000000", id: String(repeating: "5a", count: 32),
        millicores: 60 * scale)
    /// Figures are taken with amounts as functions have them; all else is the same with a fifth, beside other tests.
    private static let scale = areFiguresWanted ? 5 : 1
    /// The least change worth making, in thousandths of a core.
    private static let step = 20 * scale
    private static let leaseSeconds = 4.0

    private let installation: Installation
    private let tree: VirtualTree
    private let parent = "reeve-test-\(UUID().uuidString)"
    private var workloads: [Workload] = []

    init() throws {
        installation = try Installation()
        try installation.makeKey(of: "w01")
        tree = try installation.makeTree(of: "w01")
        for container in [Self.donor, Self.starved] {
            for controller in ControlGroups.controllers {
                try FileManager.default.createDirectory(
                    atPath: group(container, controller), withIntermediateDirectories: true)
            }
            try write(container.quota, "cpu.cfs_quota_us", group(container, "cpu"))
            try share(container)
            try FileManager.default.createDirectory(
                at: installation.path("pods/\(container.podFolder)"), withIntermediateDirectories: true)
        }
    }

    deinit {
        for workload in workloads { workload.stop() }
        for container in [Self.donor, Self.starved] {
            for controller in ControlGroups.controllers {
                var path = group(container, controller)
                while path.contains(parent) {
                    rmdir(path)
                    path = (path as NSString).deletingLastPathComponent
                }
            }
        }
    }

    private func group(_ container: Container, _ controller: String) -> String {
        "\(ControlGroups.root)/\(controller)/\(parent)/kubepods/burstable/pod\(container.uid)/\(container.id)"
    }

    /// Shares among the two as the kubelet sets them for requests as large as the limits, and nearly all of the machine for
    /// both: what else runs here is not what is measured.
    private func share(_ container: Container) throws {
        var path = group(container, "cpu")
        var level = 0
        while path.contains(parent) {
            try write(level < 2 ? "\(container.millicores * 1_024 / 1_000)" : "262144", "cpu.shares", path)
            path = (path as NSString).deletingLastPathComponent
            level += 1
        }
    }

    private func write(_ text: String, _ file: String, _ group: String) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(group)/\(file)"))
        defer { try? handle.close() }
        try handle.write(contentsOf: Data(text.utf8))
    }

    private func quota(_ container: Container) throws -> Int {
        let text = try String(contentsOfFile: "\(group(container, "cpu"))/cpu.cfs_quota_us", encoding: .utf8)
        return try #require(Int(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    private func areUsersLimits() throws -> Bool {
        try [Self.donor, Self.starved].allSatisfy { try quota($0) == $0.millicores * 100 }
    }

    private func startWorkload(_ container: Container, size: Int, pause: Double) throws -> Workload {
        let workload = try Workload(
            size: size, pause: pause, groups: ControlGroups.controllers.map { group(container, $0) },
            log: installation.path("\(container.function).log"))
        workloads.append(workload)
        return workload
    }

    private func startAgent() throws -> Program {
        try installation.startContainerAgent(on: tree, cgroupParent: parent, leases: true)
    }

    private func startCoordinator(mode: String = "act", observeFor: String = "1s") throws -> Program {
        try installation.startCoordinator(
            extra: """
                harvesting:
                  mode: \(mode)
                  lease: \(Int(Self.leaseSeconds))s
                  observeFor: \(observeFor)
                  cpuStep: \(Self.step)
                  quietAfterReturn: 5s
                """)
    }

    private func harvest() throws -> String {
        try Program.run(
            "reeve", ["harvest", "--socket", installation.socket, "--output", "json", "--timeout", "2000"]
        ).output
    }

    private func awaitHarvest() async throws {
        try await eventually("the donor's idle part is lent and used") {
            let (donor, starved) = (try quota(Self.donor), try quota(Self.starved))
            return donor <= Self.donor.millicores * 50 && starved >= Self.starved.millicores * 150
        }
    }

    @Test func `what lies idle is lent, is shown, and goes back when the coordinator stops`() async throws {
        _ = try startWorkload(Self.starved, size: 20_000, pause: 0)
        let agent = try startAgent()
        let coordinator = try startCoordinator()
        try await awaitHarvest()
        let total = try quota(Self.donor) + quota(Self.starved)
        #expect(total <= (Self.donor.millicores + Self.starved.millicores) * 100)
        try await eventually("the loan is shown") {
            let shown = try harvest()
            return shown.contains("\"loans\"") && shown.contains(Self.donor.id) && shown.contains("\"to borrow\"")
        }
        let table = try Program.run("reeve", ["harvest", "--socket", installation.socket]).output
        #expect(table.contains("donor") && table.contains("receiver"), "\(table)")
        coordinator.send(SIGTERM)
        #expect(coordinator.finish().exitCode == 0)
        // Given back before the end, not by the leases' own.
        #expect(try areUsersLimits())
        agent.send(SIGTERM)
        #expect(agent.finish().exitCode == 0)
    }

    @Test func `a coordinator that looks on changes nothing and says what it would do`() async throws {
        _ = try startWorkload(Self.starved, size: 20_000, pause: 0)
        let agent = try startAgent()
        let coordinator = try startCoordinator(mode: "observe")
        try await eventually("what would be lent is shown") {
            try harvest().replacingOccurrences(of: " ", with: "").contains("\"wanted\":{\"mebibytes\":0,\"millicores\":\(Self.step)}")
        }
        #expect(try areUsersLimits())
        coordinator.kill()
        agent.kill()
    }

    @Test func `a coordinator that is killed leaves nothing behind once the leases are over`() async throws {
        _ = try startWorkload(Self.starved, size: 20_000, pause: 0)
        let agent = try startAgent()
        let coordinator = try startCoordinator()
        try await awaitHarvest()
        coordinator.kill()
        _ = coordinator.finish()
        try await eventually("the users' limits are back") { try areUsersLimits() }
        #expect(!agent.hasEnded)
        agent.kill()
    }

    // MARK: Figures by the wall clock, on demand

    private static let areFiguresWanted = ProcessInfo.processInfo.environment["REEVE_TEST_FAULTS"] != nil
    private static let rounds = 10
    private static let phaseSeconds = 6.0

    private var monotonic: Double { Double(SystemTime().now.nanoseconds) * 1e-9 }

    /// Pieces per second of the starved, and the donor's median piece, over some seconds from now on.
    private func measure(_ donor: Workload, _ starved: Workload) async throws -> (rate: Double, donorSeconds: Double) {
        let start = monotonic
        try await Task.sleep(for: .seconds(Self.phaseSeconds))
        let end = monotonic
        let pieces = try donor.pieces(from: start, to: end).map(\.seconds)
        return (
            Double(try starved.pieces(from: start, to: end).count) / (end - start),
            try #require(Quartiles(pieces)).median
        )
    }

    private func report(_ what: String, _ values: [Double], allowed: ClosedRange<Double>) throws {
        let quartiles = try #require(Quartiles(values))
        print("\(what): median \(quartiles.median) of \(values.count), from \(quartiles.minimum) to \(quartiles.maximum)")
        #expect(allowed.contains(quartiles.median), "\(what)")
    }

    @Test(.enabled(if: areFiguresWanted, "slow and timed: make test-faults"))
    func `the starved gain a fifth at least, the donor loses a twentieth at most, and has its share back within 100 ms`()
        async throws
    {
        var gains: [Double] = [], losses: [Double] = [], returns: [Double] = []
        for _ in 0..<Self.rounds {
            let donor = try startWorkload(Self.donor, size: 100_000, pause: 0.09)
            let starved = try startWorkload(Self.starved, size: 20_000, pause: 0)
            let agent = try startAgent()
            let before = try await measure(donor, starved)
            let coordinator = try startCoordinator()
            try await awaitHarvest()
            let during = try await measure(donor, starved)
            gains.append(during.rate / before.rate)
            losses.append(during.donorSeconds / before.donorSeconds)
            let began = monotonic
            donor.spike()
            while try quota(Self.donor) != Self.donor.millicores * 100 {
                try #require(monotonic - began < 60, "the donor's limit does not come back")
                try await Task.sleep(for: .milliseconds(1))
            }
            returns.append(monotonic - began)
            for workload in [donor, starved] { workload.stop() }
            coordinator.send(SIGTERM)
            #expect(coordinator.finish().exitCode == 0)
            agent.send(SIGTERM)
            #expect(agent.finish().exitCode == 0)
        }
        try report("work of the starved, harvested by not", gains, allowed: 1.2...100)
        try report("a piece of the donor's work, harvested by not", losses, allowed: 0...1.05)
        try report("a donor's share is back after its spike, in seconds", returns, allowed: 0...0.1)
    }

    @Test(.enabled(if: areFiguresWanted, "slow and timed: make test-faults"))
    func `limits are the users' again when the leases of a killed coordinator are over`() async throws {
        var late: [Double] = []
        for _ in 0..<Self.rounds {
            let starved = try startWorkload(Self.starved, size: 20_000, pause: 0)
            let agent = try startAgent()
            let coordinator = try startCoordinator()
            try await awaitHarvest()
            coordinator.kill()
            _ = coordinator.finish()
            let killed = monotonic
            while try !areUsersLimits() {
                try #require(monotonic - killed < 60, "the limits do not come back")
                try await Task.sleep(for: .milliseconds(1))
            }
            late.append(monotonic - killed)
            starved.stop()
            agent.send(SIGTERM)
            #expect(agent.finish().exitCode == 0)
        }
        try report(
            "limits of a killed coordinator are back, in seconds of leases of \(Self.leaseSeconds)", late,
            allowed: 0...Self.leaseSeconds + 0.1)
    }
}
