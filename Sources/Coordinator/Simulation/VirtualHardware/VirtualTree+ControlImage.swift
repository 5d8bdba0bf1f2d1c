public import Registers

extension VirtualTree {
    /// What every register that controls a counter holds.
    public struct ControlImage: Hashable, Sendable {
        /// Model-specific registers, by CPU.
        public let registers: [[RegisterAddress: UInt64]]
        /// Controls of the memory channels in configuration space, by path: box, then counters.
        public let channels: [String: [UInt32]]
    }

    /// What every register that controls a counter holds at this moment: to be equal before an agent starts and after
    /// it has gone. Registers that act when written, and hold nothing, are not part of it.
    public var controlImage: ControlImage {
        let controllers = (0..<profile.populatedControllers).flatMap { profile.controllerCounters($0) }
        let shared = (profile.cacheCounters + profile.fabricCounters + controllers).map(\.control)
        let registers = cpus.map { cpu in
            Dictionary(uniqueKeysWithValues: (cpu.controls + shared).map { ($0, cpu.registers[$0]) })
        }
        return ControlImage(registers: registers, channels: memory.controls)
    }
}
