import Registers

/// Through which CPUs the data fabrics of a package are reached. From Zen 2 on a package has one; on Zen 1 each die has one
/// of its own, with two memory channels.
struct ZenDies {
    /// Why the dies of a package cannot all be reached.
    struct Absence: Error, Hashable, Sendable {
        let reason: String
    }

    private let topology: ProcessorTopology
    private let nodes: [Int: Node]?

    /// A CPU's die (AMD Processor Programming Reference for family 17h, CPUID 8000001EH:ECX).
    private struct Node {
        let identifier: UInt32
        /// Dies in the CPU's package.
        let perPackage: Int
    }

    init(topology: ProcessorTopology, generation: ProcessorGeneration, cpuid: ProcessorDescription.CPUIDOpener) {
        self.topology = topology
        guard generation == .zen1 else {
            nodes = nil
            return
        }
        var nodes: [Int: Node] = [:]
        for cpu in topology.cpus {
            // The instruction answers for the CPU that runs this thread, which is not the one in question.
            guard let source = cpuid(cpu.number), !(source is InstructionCPUID),
                let answer = try? source.registers(leaf: 0x8000_001E, subleaf: 0)
            else { continue }
            nodes[cpu.number] = Node(identifier: answer.ecx & 0xFF, perPackage: Int(answer.ecx >> 8 & 0x7) + 1)
        }
        self.nodes = nodes
    }

    /// The lowest online CPU of each die of `package`.
    func readers(ofPackage package: Int) -> Result<[Int], Absence> {
        guard let nodes else {
            return .success([topology.reader(ofPackage: package)?.number].compactMap { $0 })
        }
        var readers: [UInt32: Int] = [:]
        var expected = 1
        for cpu in topology.cpus where cpu.package == package {
            guard let node = nodes[cpu.number] else {
                return .failure(
                    Absence(reason: "the dies of Zen 1 cannot be told apart; load the cpuid module (modprobe cpuid)"))
            }
            readers[node.identifier] = min(readers[node.identifier] ?? cpu.number, cpu.number)
            expected = max(expected, node.perPackage)
        }
        guard readers.count >= expected else {
            let missing = expected - readers.count
            return .failure(Absence(reason: "\(missing) of \(expected) dies have no online CPU to be read through"))
        }
        return .success(readers.values.sorted())
    }
}
