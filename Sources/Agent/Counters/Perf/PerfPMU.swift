/// A unit that counts events, as the kernel describes it below bus/event_source/devices.
struct PerfPMU: Hashable, Sendable {
    /// An event that the kernel names.
    struct NamedEvent: Hashable, Sendable {
        let terms: [PerfTerm]
        /// What one count stands for in `unit`; nil where the kernel does not say.
        var scale: Double?
        /// The kernel's name of the unit, such as "Joules" or "MiB".
        var unit: String?
    }

    /// The folder's name.
    let name: String
    /// What `PerfEventCode.type` selects it.
    let type: UInt32
    /// The CPUs on which its events are to be opened, one for each package or core that it counts for (`cpumask`); nil
    /// where each CPU counts for itself.
    var readers: [Int]?
    /// The CPUs that have this unit, on processors with several kinds of cores (`cpus`).
    var cpus: [Int]?
    /// Where each term lies, by its name.
    var formats: [String: PerfFormat] = [:]
    var events: [String: NamedEvent] = [:]

    /// Whether its events count what the core of `cpu` executes: the unit is "cpu" where all cores are alike; where
    /// they are not, and on Arm, each unit of cores lists its CPUs in `cpus`, which other units do not have.
    func isCore(of cpu: Int) -> Bool { cpus?.contains(cpu) ?? (name == "cpu") }

    /// Whether a unit of this name can be of use here.
    static func isOfUse(_ name: String) -> Bool {
        ["msr", "cstate_core", "cstate_pkg", "power", "amd_l3", "cpu"].contains(name) || name.hasPrefix("cpu_")
            || name.hasPrefix("armv") || PerfMemoryEvents.isMemoryUnit(name)
    }

    /// The encoding of an event given by its terms; throws naming the term that this unit does not have or that cannot
    /// hold its value.
    func encode(_ terms: [PerfTerm]) throws(PerfEncodingError) -> PerfEventCode {
        var code = PerfEventCode(type: type, config: 0)
        for term in terms {
            // A term may also be a whole word of the encoding, under the word's own name.
            let format = formats[term.name] ?? PerfFormat("\(term.name):0-63")
            guard let format else { throw PerfEncodingError(pmu: name, term: term, reason: .unknownTerm) }
            guard let bits = format.spread(term.value) else {
                throw PerfEncodingError(pmu: name, term: term, reason: .tooLarge(bits: format.mask.nonzeroBitCount))
            }
            switch format.field {
            case .config: code.config = code.config & ~format.mask | bits
            case .config1: code.config1 = code.config1 & ~format.mask | bits
            case .config2: code.config2 = code.config2 & ~format.mask | bits
            }
        }
        return code
    }

    /// The encoding of the event that the kernel calls `event`; nil when this unit does not have it, or not in terms
    /// that it can encode.
    func encode(event: String) -> PerfEventCode? {
        guard let named = events[event] else { return nil }
        return try? encode(named.terms)
    }
}

/// Why an event has no encoding on a PMU.
struct PerfEncodingError: Error, Hashable, Sendable, CustomStringConvertible {
    enum Reason: Hashable, Sendable {
        case unknownTerm
        case tooLarge(bits: Int)
    }

    let pmu: String
    let term: PerfTerm
    let reason: Reason

    var description: String {
        switch reason {
        case .unknownTerm: "\(pmu) has no format for the term \"\(term.name)\""
        case .tooLarge(let bits):
            "\(pmu) has \(bits) bits for the term \"\(term.name)\", too few for 0x\(String(term.value, radix: 16))"
        }
    }
}
