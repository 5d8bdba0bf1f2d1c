import NIOCore
import Synchronization

/// The loops of a proxy and the gates of its listening sockets, to be reached from any thread.
final class LoopTable: Sendable {
    private struct State: Sendable {
        var loops: [NIOLoopBound<ProxyLoop>] = []
        var gates: [NIOLoopBound<AcceptGate>] = []
    }

    private let state = Mutex(State())

    var all: [NIOLoopBound<ProxyLoop>] { state.withLock { $0.loops } }

    func add(_ loop: NIOLoopBound<ProxyLoop>) { state.withLock { $0.loops.append(loop) } }

    func add(_ gate: NIOLoopBound<AcceptGate>) { state.withLock { $0.gates.append(gate) } }

    func loop(of eventLoop: any EventLoop) -> NIOLoopBound<ProxyLoop>? { all.first { $0.eventLoop === eventLoop } }

    /// A client has gone: who was kept out may come.
    func release() {
        for gate in state.withLock({ $0.gates }) {
            if gate.eventLoop.inEventLoop {
                gate.value.release()
            } else {
                gate.eventLoop.execute { gate.value.release() }
            }
        }
    }

    func closeSpareClient() { forEach { $0.closeSpareClient() } }

    func forEach(_ body: @escaping @Sendable (ProxyLoop) -> Void) {
        for loop in all { loop.eventLoop.execute { body(loop.value) } }
    }
}
