import Measures
import Registers

/// Memory traffic of AMD processors from Zen 4 on: reads and writes of each memory controller, by its own counters.
struct AMDMemorySource: CounterSource {
    private struct Socket {
        var claim: UncoreClaim
        let channels: Int
        /// Each channel's counter of reads, then that of writes.
        let counters: [(quantity: Quantity, register: RegisterAddress)]
        var counts: [SaturatingCount]
    }

    private static let quantities = QuantitySet([.memoryReads, .memoryWrites])
    /// Direction i on counter i of each channel.
    private static let directions: [(quantity: Quantity, direction: ZenMemoryEvent.Direction)] = [
        (.memoryReads, .reads), (.memoryWrites, .writes),
    ]

    let name = "umc"
    private(set) var revision = 0
    private(set) var failedReads = 0
    private(set) var reads = 0
    /// Channels behind each socket row, for the plausibility gate.
    private(set) var channelCounts: [Int: Int] = [:]

    private let layout: FrameLayout
    private let access: RegisterAccess
    private var sockets: [Socket] = []
    private var absences: [Int: String] = [:]
    private var readsSinceVerification = 0

    /// Finds the memory controllers of every socket, which its CPUs tell by `cpuid`; nothing is opened or written before
    /// `claim`.
    init(
        layout: FrameLayout, processor: ProcessorDescription, cpuid: ProcessorDescription.CPUIDOpener,
        access: RegisterAccess
    ) {
        self.layout = layout
        self.access = access
        guard let generation = processor.generation else {
            for package in layout.topology.packages {
                guard let row = layout.row(ofPackage: package) else { continue }
                absences[row] = "the memory counters of this processor are not known"
            }
            return
        }
        guard generation.hasZenPerformanceMonitoring2 else { return }
        for package in layout.topology.packages {
            guard let row = layout.row(ofPackage: package), let reader = layout.topology.reader(ofPackage: package) else {
                continue
            }
            guard let capabilities = cpuid(reader.number).flatMap({ try? ProcessorCapabilities(cpuid: $0) }) else {
                absences[row] = "which memory controllers are active cannot be asked; load the cpuid module (modprobe cpuid)"
                continue
            }
            guard let zen = capabilities.zen, zen.memoryControllers > 0,
                zen.countersPerMemoryController >= Self.directions.count
            else {
                absences[row] =
                    "the memory controllers have no counters (CPUID 80000022H)"
                    + (processor.isGuest ? ": the hypervisor gives this guest none" : "")
                continue
            }
            channelCounts[row] = zen.memoryControllers
            sockets.append(
                Self.socket(
                    row: row, reader: reader.number, channels: zen.memoryControllers,
                    perChannel: zen.countersPerMemoryController))
        }
    }

    private static func socket(row: Int, reader: Int, channels: Int, perChannel: Int) -> Socket {
        var settings: [ControlSetting] = []
        var counters: [(quantity: Quantity, register: RegisterAddress)] = []
        var controls: [RegisterAddress] = []
        for channel in 0..<channels {
            for (index, entry) in directions.enumerated() {
                let control = RegisterAddress.zenMemoryControl(channel: channel, index: index, perChannel: perChannel)
                settings.append(ControlSetting(control, value: ZenMemoryEvent.encoding(entry.direction)))
                let counter = RegisterAddress.zenMemoryCounter(channel: channel, index: index, perChannel: perChannel)
                counters.append((entry.quantity, counter))
            }
            controls += (0..<perChannel).map { .zenMemoryControl(channel: channel, index: $0, perChannel: perChannel) }
        }
        let station = UncoreClaim.Station(cpu: reader, programme: CounterProgramme(settings: settings))
        return Socket(
            claim: UncoreClaim(
                row: row, purpose: "umc", stations: [station],
                controls: UncoreClaim.Controls(registers: controls, enable: ZenMemoryEvent.enable)),
            channels: channels, counters: counters, counts: counters.map { _ in SaturatingCount() })
    }

    // MARK: Claiming

    mutating func claim(_ demand: CounterDemand, now: MonotonicInstant) {
        for index in sockets.indices {
            let isWanted = !demand[sockets[index].claim.row].isDisjoint(with: Self.quantities)
            guard sockets[index].claim.update(isWanted: isWanted, access, now: now) else { continue }
            for counter in sockets[index].counts.indices { sockets[index].counts[counter].restart() }
            revision += 1
        }
    }

    var retryAt: MonotonicInstant? { sockets.compactMap(\.claim.retryAt).min() }

    func availability(of quantity: Quantity, row: Int) -> Availability? {
        if quantity == .memoryTransfers, channelCounts[row] != nil {
            return .unavailable(reason: "reads and writes are counted apart")
        }
        guard let entry = Self.directions.first(where: { $0.quantity == quantity }) else { return nil }
        if let absence = absences[row] { return .unavailable(reason: absence) }
        guard let socket = sockets.first(where: { $0.claim.row == row }) else { return nil }
        if let reason = socket.claim.reason { return .unavailable(reason: reason) }
        let event = entry.direction == .reads ? "umc_cas_cmd.rd" : "umc_cas_cmd.wr"
        return .available(
            CounterKind(
                width: .bits64, unit: Double(ZenMemoryEvent.bytesPerAccess),
                detail: "\(event) (0A), \(socket.channels) channels"))
    }

    // MARK: Reading

    mutating func read(_ due: QuantitySet, into frame: inout CounterFrame) {
        guard !due.isDisjoint(with: Self.quantities) else { return }
        readsSinceVerification += 1
        let isVerifying = readsSinceVerification >= MSRSource.readsPerVerification
        if isVerifying { readsSinceVerification = 0 }
        for index in sockets.indices {
            guard case .claimed(let claims) = sockets[index].claim.state, let registers = claims.first?.registers else {
                continue
            }
            if isVerifying, !sockets[index].claim.isIntact {
                giveUp(index, "somebody else reprogrammed the memory controllers' counters", now: frame.takenAt)
                continue
            }
            do throws(RegisterError) {
                try read(index, registers, due, into: &frame)
            } catch {
                failedReads += 1
                for entry in Self.directions { frame[sockets[index].claim.row, entry.quantity] = nil }
                giveUp(index, "\(error)", now: frame.takenAt)
            }
        }
    }

    /// Reads a socket's counters and sets those to zero that would stop before long. What one of them lost is missing from
    /// its sum, which is then no sample.
    private mutating func read(
        _ index: Int, _ registers: any RegisterFile, _ due: QuantitySet, into frame: inout CounterFrame
    ) throws(RegisterError) {
        var lost: QuantitySet = []
        for (number, counter) in sockets[index].counters.enumerated() where due.contains(counter.quantity) {
            reads += 1
            let step = sockets[index].counts[number].take(try registers.read(counter.register))
            if step.mustClear { try registers.write(0, to: counter.register) }
            if step.isLost { lost.insert(counter.quantity.bit) }
        }
        for entry in Self.directions where due.contains(entry.quantity) && !lost.contains(entry.quantity) {
            var sum: UInt64 = 0
            for (number, counter) in sockets[index].counters.enumerated() where counter.quantity == entry.quantity {
                sum &+= sockets[index].counts[number].total
            }
            frame[sockets[index].claim.row, entry.quantity] = sum
        }
    }

    private mutating func giveUp(_ index: Int, _ reason: String, now: MonotonicInstant) {
        sockets[index].claim.giveUp(reason, now: now)
        revision += 1
    }

    mutating func close() {
        for index in sockets.indices { sockets[index].claim.close() }
        revision += 1
    }
}
