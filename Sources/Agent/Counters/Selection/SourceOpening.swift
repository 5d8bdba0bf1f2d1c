import KernelFiles
import Measures
import Registers

/// How sources are opened: at the start, and again whenever CPUs came or went.
struct SourceOpening {
    let roots: KernelRoots
    var preference = SourcePreference.auto
    /// Whether no register may be written.
    var isReadOnly = false
    let ledger: ClaimLedger
    var inspection = OwnerInspection.none
    /// How counters are made to move, nil where they do not count this machine's work.
    var exercise: LoadExercise?
    var suspendClock = SuspendClock.never
    /// The way to the kernel's performance events, nil where files stand in for a machine: its units' numbers mean
    /// other units of this one.
    var perfDoor: (any PerfDoor)?
    var openCPUID: ProcessorDescription.CPUIDOpener = { _ in nil }
    /// Opens physical memory, nil where none belongs to the roots.
    var openMemory: FreeRunningMemorySource.Opener?
    let openRegisters: MSRSource.Opener

    /// The online CPUs, nil when they cannot be listed.
    func onlineCPUs() -> [Int]? { try? ProcessorTopology.onlineCPUs(sysfs: roots.sysfs) }

    /// Puts back what a killed agent left. Nothing is written in read-only mode.
    func repair() {
        guard !isReadOnly else { return }
        ledger.repair(open: openRegisters)
    }

    /// Opens the sources for the CPUs that are online. Throws when the CPUs cannot be listed, or when the msr device was
    /// asked for and no CPU has one that can be opened.
    func open(now: MonotonicInstant) throws(CounterError) -> OpenSources {
        let online = try ProcessorTopology.onlineCPUs(sysfs: roots.sysfs)
        let layout = FrameLayout(topology: ProcessorTopology(online: online, sysfs: roots.sysfs))
        let processor = ProcessorDescription(
            topology: layout.topology, cpuinfo: KernelText.contents("\(roots.proc)/cpuinfo"), cpuid: openCPUID)
        var sources: [any CounterSource] = []
        var timeStampHertz: Double?
        var gate = PlausibilityGate()
        if preference == .msr, !Self.hasRegisters {
            throw CounterError("source msr: \(AbsentSource.registers.reason); allowed is auto, perf or proc")
        }
        if preference == .auto, !Self.hasRegisters { sources.append(AbsentSource.registers) }
        if Self.hasRegisters, preference == .auto || preference == .msr {
            let msr = registers(layout, processor)
            guard preference == .auto || !msr.isEmpty else { throw noRegisters(layout) }
            timeStampHertz = msr.timeStampHertz
            sources.append(msr)
            if processor.signature?.vendor == .amd {
                sources += beyondCoresOfAMD(layout, processor, &gate)
            } else {
                sources += beyondCoresOfIntel(layout, processor, &gate)
            }
        }
        if let perfDoor, preference == .auto || preference == .perf {
            let core = PerfSource(
                layout: layout, roots: roots, processor: processor, exercise: exercise, door: perfDoor)
            let memory = PerfMemorySource(layout: layout, roots: roots, door: perfDoor)
            gate.channels.merge(memory.channelCounts) { max($0, $1) }
            sources += [core, memory] as [any CounterSource]
        }
        if preference == .auto || preference == .proc {
            sources += [
                PowerCapSource(layout: layout, sysfs: roots.sysfs),
                ResourceControlSource(layout: layout, sysfs: roots.sysfs), AccountingSource(layout: layout, roots: roots),
            ] as [any CounterSource]
        }
        return OpenSources(layout: layout, sources: sources, timeStampHertz: timeStampHertz, gate: gate, now: now)
    }

    #if arch(x86_64) || arch(i386)
        private static let hasRegisters = true
    #else
        private static let hasRegisters = false
    #endif

    private func registers(_ layout: FrameLayout, _ processor: ProcessorDescription) -> MSRSource {
        let isWatched = KernelText.contents("\(roots.proc)/sys/kernel/nmi_watchdog") == "1"
        return MSRSource(
            layout: layout, isReadOnly: isReadOnly, ledger: ledger, inspection: inspection, exercise: exercise,
            open: openRegisters
        ) { registers in
            processor.signature?.vendor == .amd
                ? MSRProfile.amd(processor, probing: registers)
                : MSRProfile.intel(processor, isWatched: isWatched, probing: registers)
        }
    }

    private func beyondCoresOfIntel(
        _ layout: FrameLayout, _ processor: ProcessorDescription, _ gate: inout PlausibilityGate
    ) -> [any CounterSource] {
        let channels = MemoryControllerSource(
            layout: layout, generation: processor.generation, sysfs: roots.sysfs, isReadOnly: isReadOnly, ledger: ledger)
        gate.channels = channels.channelCounts
        let mapped = FreeRunningMemorySource(
            layout: layout, generation: processor.generation, sysfs: roots.sysfs, open: openMemory)
        return [channels, mapped]
    }

    private func beyondCoresOfAMD(
        _ layout: FrameLayout, _ processor: ProcessorDescription, _ gate: inout PlausibilityGate
    ) -> [any CounterSource] {
        let access = RegisterAccess(isReadOnly: isReadOnly, ledger: ledger, open: openRegisters)
        let channels = AMDMemorySource(layout: layout, processor: processor, cpuid: openCPUID, access: access)
        gate.channels = channels.channelCounts
        return [
            channels, AMDFabricSource(layout: layout, processor: processor, cpuid: openCPUID, access: access),
            AMDCacheSource(layout: layout, processor: processor, sysfs: roots.sysfs, access: access),
        ]
    }

    private func noRegisters(_ layout: FrameLayout) -> CounterError {
        var reason = "there is no online CPU"
        do throws(RegisterError) {
            if let first = layout.topology.cpus.first { _ = try openRegisters(first.number) }
        } catch {
            reason = "\(error)"
        }
        return CounterError(
            "no CPU's registers can be opened below \(roots.msr): \(reason); load the msr module (modprobe msr) and grant"
                + " CAP_SYS_RAWIO, or name another folder with --msr-root")
    }
}
