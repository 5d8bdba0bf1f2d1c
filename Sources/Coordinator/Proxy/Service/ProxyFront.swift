import Logging
import Measures
import NIOCore
import NIOPosix
import Synchronization

/// The listening sockets and the loops behind them.
struct ProxyFront: Sendable {
    /// Where it listens.
    let addresses: [ListenAddress]
    private let listeners: [any Channel]
    private let loops: LoopTable
    private let desk: RoutingDesk

    /// How many clients the kernel may keep until they are accepted; net.core.somaxconn may allow fewer.
    private static let backlog: Int32 = 4_096

    /// Listens. Throws `ProxyError`.
    static func open(
        _ group: MultiThreadedEventLoopGroup, _ settings: ProxySettings, _ desk: RoutingDesk, time: any TimeSource,
        random: SeededRandom, log: AccessLogWriter?, logger: Logger, onTurn: @escaping @Sendable (_ loop: Int) -> Void
    ) async throws -> ProxyFront {
        let budget = DescriptorBudget(counters: desk.counters, mostClients: settings.limits.clientConnections)
        logger.info("connections", metadata: ["clients": "\(budget.mostClients)", "workers": "\(budget.mostWorkers)"])
        let loops = LoopTable()
        for (index, eventLoop) in Array(group.makeIterator()).enumerated() {
            let loopRandom = SeededRandom(seed: random.words[0], stream: "loop \(index)")
            let bound = try await eventLoop.submit {
                let loop = ProxyLoop(
                    eventLoop, settings, desk, budget, time: time, random: loopRandom,
                    log: log.flatMap { writer in settings.accessLog.map { AccessLog($0.format, writer) } },
                    clientLeft: { loops.release() })
                return NIOLoopBound(loop, eventLoop: eventLoop)
            }.get()
            loops.add(bound)
        }
        var listeners: [any Channel] = []
        for address in settings.listen {
            do {
                listeners.append(try await listen(address, group, budget, loops))
            } catch {
                for listener in listeners { try? await listener.close() }
                throw ProxyError("\(address) cannot be listened on: \(error)")
            }
        }
        let addresses = try zip(listeners, settings.listen).map { listener, wanted in
            try ListenAddress(host: wanted.host, port: listener.localAddress?.port ?? wanted.port)
        }
        // From here on there is something to look after.
        for (index, bound) in loops.all.enumerated() {
            bound.eventLoop.execute { bound.value.start { onTurn(index) } }
        }
        return ProxyFront(addresses: addresses, listeners: listeners, loops: loops, desk: desk)
    }

    private static func listen(
        _ address: ListenAddress, _ group: MultiThreadedEventLoopGroup, _ budget: DescriptorBudget, _ loops: LoopTable
    ) async throws -> any Channel {
        try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // The gate is asked before each; it allows more at a time where there is room.
            .serverChannelOption(.maxMessagesPerRead, value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let gate = AcceptGate(budget) { loops.closeSpareClient() }
                    try channel.pipeline.syncOperations.addHandler(gate)
                    loops.add(NIOLoopBound(gate, eventLoop: channel.eventLoop))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1_024, initial: 2_048, maximum: 65_536)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let loop = loops.loop(of: channel.eventLoop) else { throw ChannelError.ioOnClosedChannel }
                    try channel.pipeline.syncOperations.addHandler(ClientConnection(loop.value))
                }
            }
            .bind(host: address.host, port: address.port).get()
    }

    /// Accepts nothing more, and waits until no client is left, or for `seconds`.
    func drain(seconds: Double, time: any TimeSource) async {
        let deadline = time.now.advanced(byNanoseconds: UInt64(seconds * 1e9))
        // On one loop the order holds: nobody is accepted only to be let go.
        for listener in listeners { listener.close(promise: nil) }
        loops.forEach { $0.drain() }
        while desk.counters.clientConnections.load(ordering: .relaxed) > 0, time.now < deadline {
            do {
                try await Task.sleep(for: .milliseconds(10))
            } catch {
                return
            }
        }
    }

    /// Cuts off what is left.
    func stop() async {
        for bound in loops.all { try? await bound.eventLoop.submit { bound.value.stop() }.get() }
    }
}
