import NIOCore
import NIOPosix
import Routing

/// The connections of one loop to one worker that are kept without a request; the one used last is used first, so that
/// those too many grow old and close.
final class WorkerPool {
    let address: WorkerAddress
    private let loop: ProxyLoop
    private let bootstrap: ClientBootstrap
    /// Nil when the address is a name.
    private let socketAddress: SocketAddress?
    private var idle: [WorkerConnection] = []

    init(_ loop: ProxyLoop, _ address: WorkerAddress) {
        self.loop = loop
        self.address = address
        let host = Self.host(of: address)
        socketAddress = try? SocketAddress(ipAddress: host, port: address.port)
        bootstrap = ClientBootstrap(group: loop.eventLoop)
            .connectTimeout(.nanoseconds(Int64(loop.settings.timeouts.connect * 1e9)))
            .channelOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1_024, initial: 4_096, maximum: 65_536))
    }

    func takeIdle() -> WorkerConnection? {
        while let connection = idle.popLast() {
            if connection.isReusable { return connection }
        }
        return nil
    }

    func keep(_ connection: WorkerConnection) {
        if idle.count >= loop.settings.idleConnectionsPerWorker { idle.removeFirst().close() }
        idle.append(connection)
    }

    func forget(_ connection: WorkerConnection) {
        if let index = idle.lastIndex(where: { $0 === connection }) { idle.remove(at: index) }
    }

    func closeOldestIdle() -> Bool {
        guard let oldest = idle.first else { return false }
        idle.removeFirst()
        oldest.close()
        return true
    }

    func closeAllIdle() {
        let closing = idle
        idle = []
        for connection in closing { connection.close() }
    }

    /// Opens a connection; `exchange` hears of it.
    func open(for exchange: Exchange, _ assignment: Assignment) {
        let connection = WorkerConnection(loop, self, for: exchange, assignment)
        exchange.connecting(assignment, connection)
        let bound = NIOLoopBound(connection, eventLoop: loop.eventLoop)
        let initialised = bootstrap.channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(bound.value) }
        }
        let opening =
            if let socketAddress {
                initialised.connect(to: socketAddress)
            } else {
                initialised.connect(host: Self.host(of: address), port: address.port)
            }
        opening.whenFailure { bound.value.connectFailed("\($0)") }
    }

    private static func host(of address: WorkerAddress) -> String {
        let host = address.host
        return host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    }
}
