import Measures
import Registers

/// The sources of one set of online CPUs.
struct OpenSources {
    let layout: FrameLayout
    var msr: MSRSource
    var memory: MemoryControllerSource

    /// In the order in which they are asked for a quantity.
    var all: [any CounterSource] { [msr, memory] }

    var revision: Int { msr.revision + memory.revision }
    var failedReads: Int { msr.failedReads + memory.failedReads }
    var gate: PlausibilityGate { PlausibilityGate(channels: memory.channelCounts) }

    mutating func read(into frame: inout CounterFrame) {
        msr.read(into: &frame)
        memory.read(into: &frame)
    }

    mutating func close() {
        msr.close()
        memory.close()
    }
}

/// How sources are opened: at the start, and again whenever CPUs came or went.
struct SourceOpening {
    let roots: KernelRoots
    let claimRecord: ClaimRecord?
    let openRegisters: MSRSource.Opener

    /// The online CPUs, nil when they cannot be listed.
    func onlineCPUs() -> [Int]? { try? ProcessorTopology.onlineCPUs(sysfs: roots.sysfs) }

    /// Opens all sources for the CPUs that are online; throws when none can be listed or opened.
    func open(now: MonotonicInstant) throws(CounterError) -> OpenSources {
        let online = try ProcessorTopology.onlineCPUs(sysfs: roots.sysfs)
        let layout = FrameLayout(topology: ProcessorTopology(online: online, sysfs: roots.sysfs))
        let signature = KernelText.contents("\(roots.proc)/cpuinfo").flatMap { ProcessorSignature(cpuinfo: $0) }
        // The watchdog pins a counter; PCM switches it off, which users object to, so one counter fewer is used.
        let isWatched = KernelText.contents("\(roots.proc)/sys/kernel/nmi_watchdog") == "1"
        let counters = isWatched ? CorePMU.counters - 1 : CorePMU.counters
        let recorded = claimRecord?.load() ?? [:]
        try claimRecord?.store(recorded)
        let msr: MSRSource
        do {
            msr = try MSRSource(
                layout: layout, generation: signature?.generation, counters: counters, recorded: recorded, now: now,
                record: { [claimRecord] saved in
                    // That the record can be written was proven above; a disk that fills up meanwhile costs only the
                    // repair after a kill, so claiming goes on.
                    try? claimRecord?.store(saved)
                },
                open: openRegisters)
        } catch {
            throw CounterError(
                "no CPU's registers can be opened below \(roots.msr): \(error); load the msr module (modprobe msr) and"
                    + " grant CAP_SYS_RAWIO, or name another folder with --msr-root")
        }
        let memory = MemoryControllerSource(
            layout: layout, generation: signature?.generation, sysfs: roots.sysfs, now: now)
        return OpenSources(layout: layout, msr: msr, memory: memory)
    }
}
