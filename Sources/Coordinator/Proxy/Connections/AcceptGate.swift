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

    init(_ budget: DescriptorBudget, makeRoom: @escaping () -> Void) {
        self.budget = budget
        self.makeRoom = makeRoom
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func read(context: ChannelHandlerContext) {
        guard budget.isFull else { return context.read() }
        isHeld = true
        makeRoom()
    }

    /// A client has gone.
    func release() {
        guard isHeld, !budget.isFull, let context else { return }
        isHeld = false
        context.read()
    }
}
