public import ArgumentParser
import CommandShell
public import Counters
import Measures

/// Where the counters are read.
struct CounterOptions: ParsableArguments {
    @Option(help: "The folder with one msr device per CPU.")
    var msrRoot = KernelRoots().msr

    @Option(help: "The folder that sysfs is mounted on.")
    var sysfsRoot = KernelRoots().sysfs

    @Option(help: "The folder that procfs is mounted on.")
    var procRoot = KernelRoots().proc

    @Option(
        help: """
            A file that remembers what the control registers held before, so that the next start can put it back \
            after a kill.
            """)
    var claimRecord: String?

    @Option(help: "Which counters are read: auto (registers, then perf events, then the kernel's accounting), msr, perf or proc.")
    var source = SourcePreference.auto

    @Flag(help: "Write no control register: only counters that run by themselves are read.")
    var readOnly = false

    @Option(help: "How often packages, memory, energy and temperature are read, in milliseconds.")
    var slowInterval: UInt32 = 100

    /// Opens the counters. Throws `CommandFailure` with what is missing and how to get it.
    func openReader(periodMilliseconds: UInt32) throws(CommandFailure) -> CounterReader {
        do {
            return try CounterReader(
                roots: KernelRoots(msr: msrRoot, sysfs: sysfsRoot, proc: procRoot),
                settings: CounterSettings(
                    preference: source, isReadOnly: readOnly,
                    periods: SamplingPeriods(
                        tick: Double(periodMilliseconds) / 1_000, slow: Double(slowInterval) / 1_000),
                    claimRecord: claimRecord))
        } catch {
            throw .failed("\(error)")
        }
    }
}

extension SourcePreference: ExpressibleByArgument {}
