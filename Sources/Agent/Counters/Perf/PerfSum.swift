import Measures

/// Quantities of a core, a cache or a package that several events count together: on several CPUs, or on several units.
/// A sum of which a part is missing is no sum.
struct PerfSum {
    /// One CPU's part, and what it can count.
    private struct Part {
        let offered: [PerfRequest]
        let quantities: QuantitySet
        var station: PerfStation
    }

    /// The rows that the quantities belong to.
    let rows: [Int]
    private var parts: [Part]
    private let quantities: [Quantity]
    private var sums: [UInt64]
    private var isComplete: [Bool]

    init(rows: [Int], parts: [(cpu: Int, requests: [PerfRequest])], privilege: PerfPrivilege) {
        self.rows = rows
        self.parts = parts.map {
            Part(
                offered: $0.requests, quantities: QuantitySet($0.requests.map(\.quantity)),
                station: PerfStation(cpu: $0.cpu, privilege: privilege))
        }
        quantities = parts.flatMap { $0.requests.map(\.quantity) }.reduce(into: []) { list, quantity in
            if !list.contains(quantity) { list.append(quantity) }
        }
        sums = Array(repeating: 0, count: quantities.count)
        isComplete = Array(repeating: false, count: quantities.count)
    }

    /// Raised whenever `availability` may answer differently than before.
    var revision: Int { parts.reduce(0) { $0 + $1.station.revision } }

    /// When asking again may give more.
    var retryAt: MonotonicInstant? { parts.compactMap(\.station.retryAt).min() }

    /// Counts what `demand` wants of the rows, and nothing else.
    mutating func claim(
        _ demand: CounterDemand, door: any PerfDoor, now: MonotonicInstant, reading words: inout [UInt64]
    ) {
        for index in parts.indices {
            let wanted = parts[index].offered.filter { request in
                rows.contains { demand.contains(request.quantity, row: $0) }
            }
            guard parts[index].station.isDue(wanted, now: now) else { continue }
            parts[index].station.open(wanted, door: door, now: now, reading: &words)
        }
    }

    /// Whether all parts of `quantity` are counted; nil when it is none of the sum's.
    func availability(of quantity: Quantity) -> Availability? {
        guard quantities.contains(quantity) else { return nil }
        var found: Availability?
        for part in parts where part.quantities.contains(quantity) {
            guard let availability = part.station.availability(of: quantity) else {
                return .unavailable(reason: "it was not asked for")
            }
            switch (availability, found) {
            case (.unavailable, _): return availability
            case (.available(let kind), _) where kind.isEstimate: found = availability
            case (.available, nil): found = availability
            case (.available, _): break
            }
        }
        return found
    }

    /// Adds up what is due and puts it into the rows. Returns how many groups were read, and what happened to those
    /// that were lost.
    mutating func read(
        _ due: QuantitySet, into frame: inout CounterFrame, reading words: inout [UInt64]
    ) -> (reads: Int, losses: [PerfLoss]) {
        guard quantities.contains(where: due.contains) else { return (0, []) }
        for index in quantities.indices {
            sums[index] = 0
            isComplete[index] = true
        }
        var reads = 0
        var losses: [PerfLoss] = []
        for part in parts.indices {
            let isOpen = !parts[part].station.quantities.isEmpty
            let reading = parts[part].station.read(into: &words, now: frame.takenAt)
            if isOpen { reads += 1 }
            if case .lost(let loss) = reading { losses.append(loss) }
            for index in quantities.indices where parts[part].quantities.contains(quantities[index]) {
                if reading == .counted,
                    let place = parts[part].station.quantities.firstIndex(of: quantities[index])
                {
                    sums[index] &+= parts[part].station.total(at: place)
                } else {
                    isComplete[index] = false
                }
            }
        }
        for index in quantities.indices where isComplete[index] {
            for row in rows { frame[row, quantities[index]] = sums[index] }
        }
        return (reads, losses)
    }

    mutating func close() {
        for index in parts.indices { parts[index].station.close() }
    }
}
