import Counters
import Measures
import Registers
import Simulation
import Testing
import Topology

/// The agent's reader against a tree of files whose counters advance exactly.
struct VirtualTreeReadingTests {
    private static let build = NodeHardware(
        modelName: "test", signature: .init(family: 6, model: 0x55, stepping: 7), cpuCount: 4, threadsPerCore: 2,
        nominalHertz: 2_000_000_000, l3Bytes: 28 << 20, memoryChannels: 6)

    @Test func exactActivityGivesExactMetrics() throws {
        try withTemporaryFolder { folder in
            let tree = try VirtualTree(root: folder, hardware: Self.build)
            let time = ManualTime()
            let reader = try CounterReader(roots: tree.kernelRoots, time: time)
            let activity = HardwareActivity(utilisation: 0.25, instructionsPerCycle: 1.5, c6Share: 0.5)
            _ = reader.sample()
            tree.step(seconds: 0.01, activity)
            time.advance(byNanoseconds: 10_000_000)
            let sample = reader.sample()
            #expect(sample.value(.instructionsPerCycle) == 1.5)
            #expect(sample.value(.c0Residency) == 0.25)
            #expect(sample.value(.c6Residency) == 0.5)
            #expect(sample.value(.c1Residency) == 0.25)
        }
    }
}
