import Foundation
import Logging
import Measures
import Testing
import Topology

@testable import Simulation

@Suite("Hardware in real time")
struct HardwareServiceTests {
    func bed() throws -> TestBed {
        TestBed(scenario: try .thesisInference(), start: .allOnFirstNode(replicas: 8), seed: 1)
    }

    func folder() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("hw-\(UUID().uuidString.prefix(8))").path
    }

    /// The 64 bits of register `address` of the tree's first CPU.
    func register(_ address: UInt64, of tree: HardwareService.NodeTree) throws -> UInt64 {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: "\(tree.msrRoot)/0/msr"))
        try file.seek(toOffset: address * 8)
        let bytes = try #require(try file.read(upToCount: 8))
        return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// IA32_TIME_STAMP_COUNTER and MSR_CORE_C6_RESIDENCY (Intel SDM volume 4, tables 2-2 and 2-20).
    let timeStampCounter: UInt64 = 0x10
    let coreC6Residency: UInt64 = 0x3FD

    @Test("a step moves time stamps by the nominal clock and residencies by the node's activity")
    func step() throws {
        let bed = try bed()
        let path = folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        var rack = try HardwareRack(bed: bed, folder: path, seed: 1)
        #expect(rack.trees.map(\.node.rawValue) == ["w01", "w02", "w03", "w04"])
        rack.step(nanoseconds: 1_000_000_000, to: MonotonicInstant(nanoseconds: 1_000_000_000))
        for tree in rack.trees {
            let hertz = Double(try #require(NodeHardware.thesisNodes[tree.node]).nominalHertz)
            #expect(abs(Double(try register(timeStampCounter, of: tree)) / hertz - 1) < 1e-6, "\(tree.node)")
            let share = Double(try register(coreC6Residency, of: tree)) / hertz
            let expected = try #require(bed.hardwareActivity()[tree.node]).c6Share
            #expect(abs(share / expected - 1) < 1e-6, "\(tree.node)")
        }
    }

    @Test("the same seed gives the same noise, another seed or node another, of the stated size")
    func noise() {
        func draws(_ seed: UInt64, _ stream: String) -> [Double] {
            var noise = HardwareNoise(size: 0.02, random: SeededRandom(seed: seed, stream: stream))
            return (0..<2_000).map { _ in
                noise.draw()
                return noise.applied(to: HardwareActivity(instructionsPerCycle: 1)).instructionsPerCycle
            }
        }
        let values = draws(1, "hardware/w01")
        #expect(draws(1, "hardware/w01") == values)
        #expect(draws(2, "hardware/w01") != values)
        #expect(draws(1, "hardware/w02") != values)
        let mean = values.reduce(0, +) / 2_000
        let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 2_000).squareRoot()
        #expect(abs(mean - 1) < 0.002)
        #expect(abs(deviation - 0.02) < 0.002)
    }

    @Test("noise keeps residencies and misses possible")
    func noiseBounds() {
        var noise = HardwareNoise(size: 0.5, random: SeededRandom(seed: 1, stream: "bounds"))
        let full = HardwareActivity(
            utilisation: 0.95, llcReferencesPerSecond: 10, llcMissesPerSecond: 10, c6Share: 0.05)
        for _ in 0..<1_000 {
            noise.draw()
            let noisy = noise.applied(to: full)
            #expect(noisy.utilisation >= 0 && noisy.utilisation + noisy.c6Share <= 1)
            #expect(noisy.llcMissesPerSecond <= noisy.llcReferencesPerSecond && noisy.llcMissesPerSecond >= 0)
        }
    }

    @Test("the service makes the trees and keeps their time moving until it is cancelled")
    func service() async throws {
        let path = folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let (trees, ready) = AsyncStream.makeStream(of: [HardwareService.NodeTree].self)
        let service = HardwareService(
            bed: try bed(), folder: path, seed: 1, time: SystemTime(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { ready.yield($0) }
        let running = Task { try await service.run() }
        let found = try #require(await trees.first { _ in true })
        for tree in found {
            let start = try register(timeStampCounter, of: tree)
            while try register(timeStampCounter, of: tree) == start { await Task.yield() }
        }
        running.cancel()
        try await running.value
    }
}
