public import Measures
public import Topology
import Wire

/// The newest report on each node's containers: a pure value, changed by what agents send.
public struct ContainerReports: Sendable {
    /// A whole report.
    public struct Entry: Hashable, Sendable {
        /// When its interval ended, on the coordinator's time line.
        public let takenAt: MonotonicInstant
        /// The interval's length in nanoseconds.
        public let intervalNanoseconds: UInt64
        /// Each container that was sampled.
        public let containers: [ContainerUsage]
        /// Containers of the node that were not.
        public let unsampled: UInt64
    }

    /// A report of which not every part has arrived.
    private struct Partial {
        let incarnation: UInt64
        let number: UInt64
        var parts: [ContainerReport?]
    }

    private var entries: [NodeName: Entry] = [:]
    private var newest: [NodeName: (incarnation: UInt64, number: UInt64)] = [:]
    private var partials: [NodeName: Partial] = [:]

    /// The nodes that have sent a report, by name.
    public var nodes: [NodeName] { entries.keys.sorted() }

    /// The newest whole report of `node`, nil before the first.
    public subscript(node: NodeName) -> Entry? { entries[node] }

    /// Takes a report or a part of one. The newest counts: what belongs to an older one of the same incarnation is
    /// passed over, and a report that lacks a part is given up when the next one begins.
    mutating func receive(_ report: ContainerReport, at now: MonotonicInstant) {
        let node = report.node
        if let newest = newest[node], newest.incarnation == report.incarnation, report.number <= newest.number {
            return
        }
        var partial = partials[node]
        if partial?.incarnation != report.incarnation || partial?.number != report.number
            || partial?.parts.count != Int(report.parts)
        {
            if let partial, partial.incarnation == report.incarnation, partial.number > report.number { return }
            partial = Partial(
                incarnation: report.incarnation, number: report.number,
                parts: Array(repeating: nil, count: Int(report.parts)))
        }
        partial?.parts[Int(report.part)] = report
        guard let partial, partial.parts.allSatisfy({ $0 != nil }) else {
            partials[node] = partial
            return
        }
        partials[node] = nil
        newest[node] = (report.incarnation, report.number)
        entries[node] = Entry(
            takenAt: now.reversed(byNanoseconds: report.ageNanoseconds),
            intervalNanoseconds: report.intervalNanoseconds,
            containers: partial.parts.flatMap { $0?.containers ?? [] }, unsampled: report.unsampled)
    }
}

extension ContainerReports.Entry {
    /// After how much silence the report tells nothing about the node any more, in nanoseconds: after three intervals,
    /// and no sooner than the node's samples would.
    public func unknownAfterNanoseconds(_ settings: TelemetrySettings) -> UInt64 {
        let (three, overflow) = intervalNanoseconds.multipliedReportingOverflow(by: 3)
        return max(settings.unknownAfterNanoseconds, overflow ? .max : three)
    }
}
