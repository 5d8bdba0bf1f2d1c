import Registers

/// What is known of a machine's processors: their signature, and what a CPU of each kind says of its counters.
struct ProcessorDescription: Sendable {
    /// Gives the CPUID of a CPU by its number, nil where it cannot be asked.
    typealias CPUIDOpener = (Int) -> (any CPUIDSource)?

    /// Nil for a maker that is not known here.
    let signature: ProcessorSignature?
    private let capabilities: [CoreKind: ProcessorCapabilities]

    init(signature: ProcessorSignature?, capabilities: [CoreKind: ProcessorCapabilities] = [:]) {
        self.signature = signature
        self.capabilities = capabilities
    }

    /// Asks the first CPU of each kind in `topology`. The signature is the one that the kernel shows in `cpuinfo`, the
    /// processor's own where that says nothing.
    init(topology: ProcessorTopology, cpuinfo: String?, cpuid: CPUIDOpener) {
        var capabilities: [CoreKind: ProcessorCapabilities] = [:]
        for cpu in topology.cpus where capabilities[cpu.kind] == nil {
            guard let source = cpuid(cpu.number) else { continue }
            capabilities[cpu.kind] = try? ProcessorCapabilities(cpuid: source)
        }
        let shown = cpuinfo.flatMap { ProcessorSignature(cpuinfo: $0) }
        self.init(signature: shown ?? capabilities.values.first?.signature, capabilities: capabilities)
    }

    /// Nil for a processor whose own registers are not known here.
    var generation: ProcessorGeneration? { signature?.generation }

    /// What CPUs of `kind` say; nil where none could be asked.
    func capabilities(of kind: CoreKind) -> ProcessorCapabilities? { capabilities[kind] }

    /// What all CPUs have in common; nil where none could be asked.
    var common: ProcessorCapabilities? {
        capabilities[.uniform] ?? capabilities[.performance] ?? capabilities[.efficiency]
    }

    /// Whether a hypervisor stands below.
    var isGuest: Bool { common?.isGuest ?? false }

    /// Why the time-stamp counter cannot serve as a measure of time, nil where it can. It can unless the processor says
    /// that its rate changes with the clock or stops in idle states.
    var timeStampFlaw: String? {
        common?.hasInvariantTimeStamp == false
            ? "the time-stamp counter does not run at one rate in every state (CPUID 80000007H:EDX bit 8 is 0)" : nil
    }

    /// Why MPERF and APERF cannot be read, nil where nothing speaks against it.
    var performanceClockFlaw: String? {
        guard common?.hasPerformanceClocks == false else { return nil }
        return "\(isGuest ? "the hypervisor hides" : "the processor lacks") MPERF and APERF (CPUID 6:ECX bit 0 is 0)"
    }
}
