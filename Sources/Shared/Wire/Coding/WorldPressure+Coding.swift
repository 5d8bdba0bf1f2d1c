import Topology
import WireC

extension WorldPressure {
    func wire(in arena: PackingArena) -> Reeve__V1__WorldPressure {
        var message = Reeve__V1__WorldPressure()
        reeve__v1__world_pressure__init(&message)
        message.node = arena.copy(node.rawValue)
        message.cpu = cpu
        message.l3 = l3
        message.memory_bandwidth = memoryBandwidth
        message.seconds = seconds
        return message
    }

    init(wire pointer: UnsafePointer<Reeve__V1__WorldPressure>) throws(WireError) {
        let message = pointer.pointee
        for share in [message.cpu, message.l3, message.memory_bandwidth] where !(0...1).contains(share) {
            throw WireError(.inconsistent, "a world's pressure is \(share): allowed is 0 to 1")
        }
        self.init(
            node: NodeName(try text(message.node, field: "node")), cpu: message.cpu, l3: message.l3,
            memoryBandwidth: message.memory_bandwidth, seconds: message.seconds)
    }
}
