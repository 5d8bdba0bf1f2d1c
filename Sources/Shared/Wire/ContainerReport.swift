public import Topology

/// What the containers of a node used during one reporting interval, or one part of that.
///
/// Reports are not acknowledged: the newest one counts, and a lost one is made up for by the next.
public struct ContainerReport: Hashable, Sendable {
    /// The node.
    public var node: NodeName
    /// The agent's incarnation, as in its hello.
    public var incarnation: UInt64
    /// Counts the incarnation's reports; the parts of one report have the same number.
    public var number: UInt64
    /// Which part this is, from 0.
    public var part: UInt32
    /// How many parts the report has.
    public var parts: UInt32
    /// Nanoseconds between the interval's end and the sending of this message.
    public var ageNanoseconds: UInt64
    /// The interval's length in nanoseconds.
    public var intervalNanoseconds: UInt64
    /// Containers of the node that are in no part, because they are too many or cannot be read.
    public var unsampled: UInt64
    /// The containers of this part.
    public var containers: [ContainerUsage]

    /// One part of a report. Throws `WireError` when it is not one of its parts, or larger than a part may be.
    public init(
        node: NodeName, incarnation: UInt64, number: UInt64, part: UInt32, parts: UInt32, ageNanoseconds: UInt64,
        intervalNanoseconds: UInt64, unsampled: UInt64, containers: [ContainerUsage]
    ) throws(WireError) {
        guard parts >= 1, parts <= WireLimits.reportParts, part < parts,
            containers.count <= WireLimits.containersPerPart
        else {
            throw WireError(
                .inconsistent,
                "part \(part) of \(parts) of a container report of \(node) has \(containers.count) containers: allowed"
                    + " are up to \(WireLimits.reportParts) parts of up to \(WireLimits.containersPerPart)")
        }
        self.node = node
        self.incarnation = incarnation
        self.number = number
        self.part = part
        self.parts = parts
        self.ageNanoseconds = ageNanoseconds
        self.intervalNanoseconds = intervalNanoseconds
        self.unsampled = unsampled
        self.containers = containers
    }

    /// A whole report in as many parts as it needs; containers beyond what all parts hold count as not sampled.
    public static func inParts(
        node: NodeName, incarnation: UInt64, number: UInt64, ageNanoseconds: UInt64, intervalNanoseconds: UInt64,
        unsampled: UInt64, containers: [ContainerUsage]
    ) -> [ContainerReport] {
        let room = WireLimits.reportParts * WireLimits.containersPerPart
        let sent = containers.prefix(room)
        let parts = max(1, (sent.count + WireLimits.containersPerPart - 1) / WireLimits.containersPerPart)
        return (0..<parts).compactMap { part in
            let start = part * WireLimits.containersPerPart
            // The bounds hold by how the parts were cut.
            return try? ContainerReport(
                node: node, incarnation: incarnation, number: number, part: UInt32(part), parts: UInt32(parts),
                ageNanoseconds: ageNanoseconds, intervalNanoseconds: intervalNanoseconds,
                unsampled: unsampled + UInt64(containers.count - sent.count),
                containers: Array(sent[start..<min(start + WireLimits.containersPerPart, sent.count)]))
        }
    }
}
