import NIOCore
import NIOPosix
import Routing

/// One question whether a worker is well, on a connection of its own: a worker that takes no new connections is not.
final class HealthProbe: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: ByteBuffer
    private let answer: EventLoopPromise<Bool>
    private var octets = ByteBuffer()
    private var scanner = HeadScanner()

    private static let mostBytes = 16_384

    private init(_ request: ByteBuffer, _ answer: EventLoopPromise<Bool>) {
        self.request = request
        self.answer = answer
    }

    static func request(_ path: String, to address: WorkerAddress) -> ByteBuffer {
        ByteBuffer(
            string: "GET \(path) HTTP/1.1\r\nHost: \(address.host):\(address.port)\r\nUser-Agent: reeve\r\n"
                + "Connection: close\r\n\r\n")
    }

    /// Whether the answer to `request` is 200 to 399. Throws what stands in its way.
    static func send(
        _ request: ByteBuffer, to address: WorkerAddress, on eventLoop: any EventLoop, seconds: Double
    ) async throws -> Bool {
        let timeout = TimeAmount.nanoseconds(Int64(seconds * 1e9))
        let answer = eventLoop.makePromise(of: Bool.self)
        let host = address.host.hasPrefix("[") ? String(address.host.dropFirst().dropLast()) : address.host
        let opening = ClientBootstrap(group: eventLoop).connectTimeout(timeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(HealthProbe(request, answer))
                }
            }
            .connect(host: host, port: address.port)
        opening.whenFailure { answer.fail($0) }
        let late = eventLoop.scheduleTask(in: timeout) { answer.fail(ChannelError.connectTimeout(timeout)) }
        defer {
            late.cancel()
            opening.whenSuccess { $0.close(promise: nil) }
        }
        return try await answer.futureResult.get()
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(NIOAny(request), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var read = unwrapInboundIn(data)
        octets.writeBuffer(&read)
        do throws(MessageError) {
            let found = try scanner.end(in: octets.readableBytesUInt8Span, limit: Self.mostBytes, skipsLeading: false)
            guard let end = found else { return }
            let head = try ResponseHead(octets.readableBytesUInt8Span, to: end)
            answer.succeed((200...399).contains(head.status))
        } catch {
            answer.fail(error)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { answer.fail(ChannelError.eof) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.fail(error)
        context.close(promise: nil)
    }
}
