import Registers
public import Topology

extension NodeHardware {
    /// The four worker nodes of the Darly thesis' test bed (section 5.1). The Silver 4210 has ten cores, so its sixteen
    /// vCPUs must be threads; the others' vCPUs are whole cores. Clock and cache are the thesis' figures.
    public static let thesisNodes: [NodeName: NodeHardware] = [
        NodeName("w01"): NodeHardware(
            modelName: "Intel(R) Xeon(R) Gold 5218R CPU @ 2.10GHz",
            signature: ProcessorSignature(family: 6, model: 0x55, stepping: 7), cpuCount: 8,
            nominalHertz: 2_100_000_000, l3Bytes: 28 << 20, memoryChannels: 6),
        NodeName("w02"): NodeHardware(
            modelName: "Intel(R) Xeon(R) Gold 6138 CPU @ 2.00GHz",
            signature: ProcessorSignature(family: 6, model: 0x55, stepping: 4), cpuCount: 8,
            nominalHertz: 2_000_000_000, l3Bytes: 28 << 20, memoryChannels: 6),
        NodeName("w03"): NodeHardware(
            modelName: "Intel(R) Xeon(R) Silver 4210 CPU @ 2.00GHz",
            signature: ProcessorSignature(family: 6, model: 0x55, stepping: 7), cpuCount: 16, threadsPerCore: 2,
            nominalHertz: 2_000_000_000, l3Bytes: 14 << 20, memoryChannels: 6),
        NodeName("w04"): NodeHardware(
            modelName: "Intel(R) Xeon(R) CPU E5-2658A v3 @ 2.20GHz",
            signature: ProcessorSignature(family: 6, model: 0x3F, stepping: 2), cpuCount: 4,
            nominalHertz: 2_200_000_000, l3Bytes: 30 << 20, memoryChannels: 4),
    ]
}
