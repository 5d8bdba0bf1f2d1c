import Measures
import Registers

/// Memory traffic of AMD processors up to Zen 3, by the data fabric's counters: reads and writes together, which these do not
/// tell apart.
struct AMDFabricSource: CounterSource {
    /// One data fabric: a package's, or on Zen 1 a die's.
    private struct Die {
        enum Stage {
            case surveying(ZenFabricSurvey)
            case counting(ZenFabricSurvey.Choice)
        }

        var stage: Stage
        /// What the counters held when they were read last.
        var last: [UInt64]?
        var bytes: UInt64 = 0
    }

    private struct Socket {
        var claim: UncoreClaim
        /// In the order of the claim's stations.
        var dies: [Die]
        var lastRead: MonotonicInstant?
    }

    private static let quantities = QuantitySet([.memoryTransfers, .memoryReads, .memoryWrites])

    let name = "df"
    private(set) var revision = 0
    private(set) var failedReads = 0
    private(set) var reads = 0

    private let layout: FrameLayout
    private let access: RegisterAccess
    private let counters: Int
    private var sockets: [Socket] = []
    private var absences: [Int: String] = [:]
    private var readsSinceVerification = 0

    /// Finds the data fabrics of every socket; nothing is opened or written before `claim`.
    init(
        layout: FrameLayout, processor: ProcessorDescription, cpuid: ProcessorDescription.CPUIDOpener,
        access: RegisterAccess
    ) {
        self.layout = layout
        self.access = access
        counters = processor.common.map { $0.zen?.fabricCounters ?? 0 } ?? ZenFabricEvent.counters
        guard let generation = processor.generation, generation.hasZenFabricChannels else { return }
        let controls = UncoreClaim.Controls(
            registers: (0..<max(ZenFabricEvent.counters, counters)).map { .zenFabricControl($0) },
            enable: ZenFabricEvent.enable)
        let dies = ZenDies(topology: layout.topology, generation: generation, cpuid: cpuid)
        for package in layout.topology.packages {
            guard let row = layout.row(ofPackage: package) else { continue }
            guard counters > 0 else {
                absences[row] = "the data fabric has no counters (CPUID 80000001H:ECX bit 24 is 0)"
                continue
            }
            switch dies.readers(ofPackage: package) {
            case .failure(let absence): absences[row] = absence.reason
            case .success(let readers):
                let first = Self.programme(counting: ZenFabricSurvey(counters: counters).group)
                sockets.append(
                    Socket(
                        claim: UncoreClaim(
                            row: row, purpose: "df",
                            stations: readers.map { UncoreClaim.Station(cpu: $0, programme: first) }, controls: controls),
                        dies: readers.map { _ in Die(stage: .surveying(ZenFabricSurvey(counters: counters))) }))
            }
        }
    }

    /// Channel i of `channels` on counter i.
    private static func programme(counting channels: [Int]) -> CounterProgramme {
        CounterProgramme(
            settings: channels.enumerated().map { index, channel in
                let event = ZenFabricEvent.channelEvent(channel)
                return ControlSetting(
                    .zenFabricControl(index),
                    value: ZenFabricEvent.encoding(event: event, unitMask: ZenFabricEvent.dataRequests))
            })
    }

    // MARK: Claiming

    mutating func claim(_ demand: CounterDemand, now: MonotonicInstant) {
        for index in sockets.indices {
            let isWanted = demand.contains(.memoryTransfers, row: sockets[index].claim.row)
            guard sockets[index].claim.update(isWanted: isWanted, access, now: now) else { continue }
            sockets[index].lastRead = nil
            for die in sockets[index].dies.indices { sockets[index].dies[die].last = nil }
            revision += 1
        }
    }

    var retryAt: MonotonicInstant? { sockets.compactMap(\.claim.retryAt).min() }

    func availability(of quantity: Quantity, row: Int) -> Availability? {
        if let absence = absences[row], Self.quantities.contains(quantity) { return .unavailable(reason: absence) }
        guard let socket = sockets.first(where: { $0.claim.row == row }), Self.quantities.contains(quantity) else {
            return nil
        }
        guard quantity == .memoryTransfers else {
            return .unavailable(reason: "the data fabric's counters do not tell reads and writes apart")
        }
        if let reason = socket.claim.reason { return .unavailable(reason: reason) }
        return .available(kind(of: socket))
    }

    private func kind(of socket: Socket) -> CounterKind {
        var (counted, populated) = (0, 0)
        for die in socket.dies {
            guard case .counting(let choice) = die.stage else {
                return CounterKind(width: .bits64, detail: "looking which memory channels are populated")
            }
            counted += choice.counted.count
            populated += choice.populated
        }
        let isPartial = counted < populated
        return CounterKind(
            width: .bits64,
            detail: "dram_channel_data_controller (07/38), \(counted) of \(populated) channels"
                + (isPartial ? " counted: traffic is taken to be interleaved over all" : ""),
            isEstimate: isPartial)
    }

    // MARK: Reading

    mutating func read(_ due: QuantitySet, into frame: inout CounterFrame) {
        guard due.contains(.memoryTransfers) else { return }
        readsSinceVerification += 1
        let isVerifying = readsSinceVerification >= MSRSource.readsPerVerification
        if isVerifying { readsSinceVerification = 0 }
        for index in sockets.indices {
            guard case .claimed(let claims) = sockets[index].claim.state else { continue }
            if isVerifying, !sockets[index].claim.isIntact {
                giveUp(index, "somebody else reprogrammed the data fabric's counters", now: frame.takenAt)
                continue
            }
            do throws(RegisterError) {
                frame[sockets[index].claim.row, .memoryTransfers] = try read(index, claims, now: frame.takenAt)
            } catch {
                failedReads += 1
                giveUp(index, "\(error)", now: frame.takenAt)
            }
        }
    }

    /// The bytes that a socket's dies moved so far; nil while the channels of one are not known yet, or a counter was set
    /// back.
    private mutating func read(
        _ index: Int, _ claims: [RegisterClaim], now: MonotonicInstant
    ) throws(RegisterError) -> UInt64? {
        let elapsed = sockets[index].lastRead.map { now.nanoseconds(since: $0) } ?? 0
        sockets[index].lastRead = now
        var sum: UInt64? = 0
        for (number, claim) in claims.enumerated() {
            var counts: [UInt64] = []
            for counter in claim.claimed.programme.settings.indices {
                reads += 1
                counts.append(try claim.registers.read(.zenFabricCounter(counter)))
            }
            let bytes = try take(counts, index, number, elapsed: elapsed)
            sum = bytes.flatMap { bytes in sum.map { $0 &+ bytes } }
        }
        return sum
    }

    private mutating func take(
        _ counts: [UInt64], _ index: Int, _ number: Int, elapsed: UInt64
    ) throws(RegisterError) -> UInt64? {
        switch sockets[index].dies[number].stage {
        case .surveying(var survey):
            let step = survey.observe(counts, elapsed: elapsed)
            sockets[index].dies[number].stage = .surveying(survey)
            switch step {
            case .goOn: break
            case .look(let channels):
                try sockets[index].claim.change(number, to: Self.programme(counting: channels), access)
            case .done(let choice):
                try sockets[index].claim.change(number, to: Self.programme(counting: choice.counted), access)
                sockets[index].dies[number].stage = .counting(choice)
                revision += 1
            }
            return nil
        case .counting(let choice):
            defer { sockets[index].dies[number].last = counts }
            guard let last = sockets[index].dies[number].last else { return sockets[index].dies[number].bytes }
            for (before, after) in zip(last, counts) {
                guard !CounterWidth.bits48.isReset(from: before, to: after) else { return nil }
            }
            for (before, after) in zip(last, counts) {
                let count = CounterWidth.bits48.delta(from: before, to: after)
                sockets[index].dies[number].bytes &+= count &* choice.bytesPerCount
            }
            return sockets[index].dies[number].bytes
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
