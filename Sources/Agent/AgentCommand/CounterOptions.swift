public import ArgumentParser
import CommandShell
public import Counters
import Measures
import Settings

/// Where and how the counters are read. What is not given is as the configuration says, or the usual.
struct CounterOptions: ParsableArguments {
    @Option(help: "The folder with one msr device per CPU; usually /dev/cpu.")
    var msrRoot: String?

    @Option(help: "The folder that sysfs is mounted on; usually /sys.")
    var sysfsRoot: String?

    @Option(help: "The folder that procfs is mounted on; usually /proc.")
    var procRoot: String?

    @Option(
        help: """
            A file that remembers what the control registers held before, so that the next start can put it back \
            after a kill.
            """)
    var claimRecord: String?

    @Option(help: "Which counters are read: auto (registers, then perf events, then the kernel's accounting), msr, perf or proc.")
    var source: SourcePreference?

    @Flag(help: "Write no control register: only counters that run by themselves are read.")
    var readOnly = false

    @Option(help: "How often packages, memory, energy and temperature are read, in milliseconds; usually 100.")
    var slowInterval: UInt32?

    /// What was given, as it stands for what a configuration's file says.
    var overrides: [SettingsOverride] {
        let given: [(key: String, option: String, value: String?)] = [
            ("msrRoot", "--msr-root", msrRoot), ("sysfsRoot", "--sysfs-root", sysfsRoot),
            ("procRoot", "--proc-root", procRoot), ("claimRecord", "--claim-record", claimRecord),
            ("source", "--source", source?.rawValue), ("readOnly", "--read-only", readOnly ? "true" : nil),
            ("slowInterval", "--slow-interval", slowInterval.map { "\($0)ms" }),
        ]
        return given.compactMap { key, option, value in
            value.map { SettingsOverride(key: key, value: $0, name: option) }
        }
    }

    /// Opens the counters that were asked for, without a configuration. Throws `CommandFailure` with what is missing and
    /// how to get it.
    func openReader(periodMilliseconds: UInt32) throws(CommandFailure) -> CounterReader {
        let standard = KernelRoots()
        return try Self.openReader(
            roots: KernelRoots(
                msr: msrRoot ?? standard.msr, sysfs: sysfsRoot ?? standard.sysfs, proc: procRoot ?? standard.proc),
            settings: CounterSettings(
                preference: source ?? .auto, isReadOnly: readOnly,
                periods: SamplingPeriods(
                    tick: Double(periodMilliseconds) / 1_000, slow: Double(slowInterval ?? 100) / 1_000),
                claimRecord: claimRecord))
    }

    /// Opens counters. Throws `CommandFailure` with what is missing and how to get it.
    static func openReader(roots: KernelRoots, settings: CounterSettings) throws(CommandFailure) -> CounterReader {
        do {
            return try CounterReader(roots: roots, settings: settings)
        } catch {
            throw .failed("\(error)")
        }
    }
}

extension SourcePreference: ExpressibleByArgument {}
