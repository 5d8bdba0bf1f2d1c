/// Interference on one node: the share of each resource that micro-benchmarks take, as iBench does on real nodes
/// (Delimitrou and Kozyrakis, "iBench: Quantifying Interference for Datacenter Applications", IISWC 2013).
public struct Pressure: Hashable, Sendable, Codable {
    /// Share of the node's cores taken, 0 to 1 (Darly thesis, section 4.3).
    public var cpu: Double
    /// Intensity on the last-level cache, 0 to 1.
    public var l3: Double
    /// Intensity on the memory bandwidth, 0 to 1.
    public var memoryBandwidth: Double

    /// The pressure as described; each share is brought into 0 to 1.
    public init(cpu: Double = 0, l3: Double = 0, memoryBandwidth: Double = 0) {
        self.cpu = min(max(cpu, 0), 1)
        self.l3 = min(max(l3, 0), 1)
        self.memoryBandwidth = min(max(memoryBandwidth, 0), 1)
    }

    /// No interference.
    public static let none = Pressure()
}
