import NIOCore

/// Stops accepting while there are as many clients as there may be.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = Any
    typealias InboundOut = Any
    typealias OutboundIn = Any

    private let budget: DescriptorBudget
    /// Asks the loops to close a connection that nobody uses.
    private let makeRoom: () -> Void
    private var context: ChannelHandlerContext?
    private var isHeld = false
    private var takesMany = false

    /// So many are accepted at a time while there is plenty of room: with one at a time, the last of many who come
    /// together would wait for as many turns of a busy loop.
    private static let batch = 32

    init(_ budget: DescriptorBudget, makeRoom: @escaping () -> Void) {
        self.budget = budget
        self.makeRoom = makeRoom
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func read(context: ChannelHandlerContext) {
        guard !budget.isFull else {
            isHeld = true
            return makeRoom()
        }
        // Those accepted on other loops are counted a little later, hence twice the room.
        let hasRoom = budget.freeClients >= 2 * Self.batch
        if hasRoom != takesMany {
            takesMany = hasRoom
            try? context.channel.syncOptions?.setOption(.maxMessagesPerRead, value: UInt(hasRoom ? Self.batch : 1))
        }
        context.read()
    }

    /// A client has gone.
    func release() {
        guard isHeld, !budget.isFull, let context else { return }
        isHeld = false
        context.read()
    }
}
