import Foundation
import Measures
import Registers
import Simulation
import Testing
import Topology

@testable import Counters

/// A virtual machine of some profile, a clock that moves with it, and a reader on it as the agent opens one.
final class ScenarioStand {
    let tree: VirtualTree
    let time = ManualTime(start: MonotonicInstant(nanoseconds: 1_000_000_000))

    /// Rates that come out whole at 2 GHz and 10 ms on 4 and 8 CPUs and on 2, 4, 6, 8 and 12 channels.
    static let activity = HardwareActivity(
        utilisation: 0.25, instructionsPerCycle: 1.5, llcReferencesPerSecond: 16_000_000,
        llcMissesPerSecond: 3_200_000, memoryReadBytesPerSecond: 3_840_000_000,
        memoryWriteBytesPerSecond: 384_000_000, c6Share: 0.5, packageWatts: 100, coresWatts: 50, memoryWatts: 25,
        platformWatts: 200, celsius: 55)

    init(_ profile: HardwareProfile, injectsFaults: Bool = false) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-\(UUID().uuidString)").path
        tree = try VirtualTree(root: folder, profile: profile, injectsFaults: injectsFaults)
        // A machine that an agent starts on has been running for a while: no counter that counts stands at zero.
        tree.step(seconds: 1, Self.activity)
    }

    deinit { try? FileManager.default.removeItem(atPath: tree.root) }

    var roots: KernelRoots {
        KernelRoots(msr: tree.msrRoot, sysfs: tree.sysfsRoot, proc: tree.procRoot, mem: tree.physicalMemory)
    }

    /// A reader that means to sample every `period` seconds and reads everything at each sample.
    func reader(
        _ preference: SourcePreference = .auto, isReadOnly: Bool = false, period: Double = 0.01, record: String? = nil
    ) throws -> CounterReader {
        let settings = CounterSettings(
            preference: preference, isReadOnly: isReadOnly,
            periods: SamplingPeriods(tick: period, slow: 0, accounting: 0), claimRecord: record)
        return try CounterReader(roots: roots, time: time, settings: settings)
    }

    /// A reader that has taken its first sample, which has no values.
    func startedReader(_ preference: SourcePreference = .auto, period: Double = 0.01) throws -> CounterReader {
        let reader = try reader(preference, period: period)
        #expect(reader.sample().isEmpty)
        return reader
    }

    /// Lets hardware and clock go on together.
    func step(seconds: Double = 0.01, _ activity: HardwareActivity = activity) {
        tree.step(seconds: seconds, activity)
        time.advance(byNanoseconds: UInt64((seconds * 1e9).rounded()))
    }

    func step(seconds: Double = 0.01, _ activity: NodeActivity) {
        tree.step(seconds: seconds, activity)
        time.advance(byNanoseconds: UInt64((seconds * 1e9).rounded()))
    }
}

extension CounterSample {
    /// What each of `values` says must be so exactly; a value of nil says that there is none.
    func expect(
        _ values: [Metric: Double?], _ scope: Scope = .system, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for (metric, value) in values {
            let found = self.value(metric, scope)
            #expect(found == value, "\(metric.name) \(scope)", sourceLocation: sourceLocation)
        }
    }

    /// Why `metric` has no value; empty where it has or gives no reason.
    func absence(_ metric: Metric, _ scope: Scope = .system) -> String {
        guard let column = column(metric, scope), column.quality == .unavailable else { return "" }
        return column.detail ?? ""
    }
}
