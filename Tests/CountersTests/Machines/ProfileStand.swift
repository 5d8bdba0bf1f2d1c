import Foundation
import Measures
import Registers
import Simulation
import Testing
import Topology

@testable import Counters

/// A virtual machine of a named kind with a clock that moves with it, in a folder of its own that goes away with it.
final class ProfileStand {
    let tree: VirtualTree
    let time = ManualTime(start: MonotonicInstant(nanoseconds: 1_000_000_000))

    /// Rates that come out whole at 2 GHz and 10 ms on 4 and 8 CPUs and on 6, 8 and 12 channels.
    static let activity = HardwareActivity(
        utilisation: 0.25, instructionsPerCycle: 1.5, clockRatio: 1.25, llcReferencesPerSecond: 16_000_000,
        llcMissesPerSecond: 3_200_000, memoryReadBytesPerSecond: 3_840_000_000,
        memoryWriteBytesPerSecond: 384_000_000, c6Share: 0.5, packageWatts: 100, coresWatts: 50, memoryWatts: 25,
        platformWatts: 200, celsius: 55)

    init(_ profile: HardwareProfile) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-\(UUID().uuidString)").path
        tree = try VirtualTree(root: folder, profile: profile)
    }

    deinit { try? FileManager.default.removeItem(atPath: tree.root) }

    /// A reader that reads everything at each sample.
    func reader(_ preference: SourcePreference, record: String? = nil) throws -> CounterReader {
        let roots = KernelRoots(
            msr: tree.msrRoot, sysfs: tree.sysfsRoot, proc: tree.procRoot, mem: tree.physicalMemory)
        return try CounterReader(
            roots: roots, time: time, settings: CounterSettings(preference: preference, claimRecord: record))
    }

    /// Lets hardware and clock go on together.
    func step(seconds: Double = 0.01, _ activity: HardwareActivity = activity) {
        tree.step(seconds: seconds, activity)
        time.advance(byNanoseconds: UInt64((seconds * 1e9).rounded()))
    }

    /// The first sample whose every interval began and ended with hardware at work: thermometers tell nothing before.
    func firstSample(_ reader: CounterReader) -> CounterSample {
        step()
        _ = reader.sample()
        step()
        return reader.sample()
    }
}
