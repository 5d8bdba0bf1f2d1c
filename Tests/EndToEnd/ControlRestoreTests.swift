import Foundation
import Registers
import Simulation
import TestSupport
import Testing

/// Whatever becomes of the agent, the hardware is as it was found.
@Suite("Control registers are put back", .timeLimit(.minutes(10)))
struct ControlRestoreTests {
    private let installation: Installation
    private let tree: VirtualTree
    private let record: String

    /// Registers that are not at rest: a disabled leftover of the watchdog, a fourth fixed counter that runs, enable bits
    /// of counters that the agent does not use, and a memory channel whose box is not in its reset state.
    init() throws {
        installation = try Installation()
        try installation.makeKey(of: "w01")
        tree = try installation.makeTree(of: "w01")
        record = installation.path("claims").path
        try registers(1).write(0x3C, to: .eventSelect(1))
        try registers(2).write(0x3000, to: .fixedCounterControl)
        try registers(3).write(0xF_0000_00F0, to: .globalControl)
        try FileConfigurationSpace(path: try #require(try channels().last)).write(0x30101, at: MemoryControllerPMON.boxControl)
    }

    private func registers(_ cpu: Int) throws -> FileRegisters {
        try FileRegisters(path: "\(tree.msrRoot)/\(cpu)/msr", writable: true)
    }

    private func channels() throws -> [String] {
        let folder = "\(tree.sysfsRoot)/bus/pci/devices"
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { "\(folder)/\($0)/config" }
    }

    /// Every byte of every register and configuration space. The hardware stands still, so only an agent changes them.
    private func image() throws -> [Data] {
        // Hardware acts on the overflow-clear register when it is written; the virtual one with its next step.
        tree.step(seconds: 0, HardwareActivity())
        let cpus = (0..<tree.hardware.cpuCount).map { "\(tree.msrRoot)/\($0)/msr" }
        return try (cpus + channels()).map { try Data(contentsOf: URL(fileURLWithPath: $0), options: .alwaysMapped) }
            .map { Data($0) }
    }

    private func startAgent(_ extra: [String] = []) throws -> Program {
        try installation.startAgent("w01", tree: tree, extra: ["--claim-record", record] + extra)
    }

    /// Whether an agent counts on every CPU and memory channel.
    private func isClaimed() throws -> Bool {
        let areCPUs = try (0..<tree.hardware.cpuCount).allSatisfy {
            try registers($0).read(.globalControl) & 0x7_0000_000F == 0x7_0000_000F
        }
        let areChannels = try channels().allSatisfy {
            try FileConfigurationSpace(path: $0).read(at: MemoryControllerPMON.control(1)) == 0x400C04
        }
        return areCPUs && areChannels
    }

    /// When the record was last written, in nanoseconds. It is replaced as a whole each time, and a file system may give
    /// the new file the number of one that it freed, so that only the time tells them apart.
    private func recordTime() throws -> Int64 {
        var status = stat()
        try #require(stat(record, &status) == 0)
        return Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
    func `an agent that is told to stop leaves every register as it found it`(signal: Int32) async throws {
        let before = try image()
        let agent = try startAgent()
        try await eventually("the agent counts") { try isClaimed() }
        agent.send(signal)
        #expect(agent.finish().exitCode == 0)
        #expect(try image() == before)
        #expect(!FileManager.default.fileExists(atPath: record))
    }

    @Test func `a killed agent's successor leaves every register as the first one found it`() async throws {
        let before = try image()
        let first = try startAgent()
        try await eventually("the agent counts") { try isClaimed() }
        first.kill()
        _ = first.finish()
        #expect(try isClaimed())
        let left = try recordTime()
        let second = try startAgent()
        try await eventually("the second agent keeps a record of its own and counts") {
            try recordTime() != left && isClaimed()
        }
        second.send(SIGTERM)
        #expect(second.finish().exitCode == 0)
        #expect(try image() == before)
        #expect(!FileManager.default.fileExists(atPath: record))
    }

    @Test func `a killed agent's successor that needs no register puts them back all the same`() async throws {
        let before = try image()
        let first = try startAgent()
        try await eventually("the agent counts") { try isClaimed() }
        first.kill()
        _ = first.finish()
        let second = try startAgent(["--source", "proc"])
        try await eventually("the registers are back") { try image() == before }
        second.send(SIGTERM)
        #expect(second.finish().exitCode == 0)
        #expect(try image() == before)
    }
}
