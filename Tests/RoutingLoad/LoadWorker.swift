import NIOCore
import NIOHTTP1
import NIOPosix

/// A worker that answers the load's requests, and now and then does not.
enum LoadWorker {
    /// Serves until the process is killed.
    static func run(port: Int, name: String, journal: Journal, refuses: Bool) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard !refuses else {
                        try channel.pipeline.syncOperations.addHandler(RefusingHandler(journal: journal))
                        return
                    }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: false)
                    try channel.pipeline.syncOperations.addHandler(LoadWorkerHandler(name: name, journal: journal))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        try await channel.closeFuture.get()
    }
}

/// Ends each connection as soon as something comes on it.
private final class RefusingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let journal: Journal

    init(journal: Journal) { self.journal = journal }

    func channelActive(context: ChannelHandlerContext) {
        journal.note(.connected, of: 0)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.close(promise: nil) }
}

/// One connection of a worker.
private final class LoadWorkerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let name: String
    private let journal: Journal
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    init(name: String, journal: Journal) {
        self.name = name
        self.journal = journal
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
        case .body(var part): body.writeBuffer(&part)
        case .end: take(context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func take(_ context: ChannelHandlerContext) {
        guard let head else { return }
        // Whoever asks after the worker's health has no number.
        guard head.uri != "/status" else { return answer(context, .ok, Array("ready\n".utf8)) }
        guard let number = Exchange.number(of: head.uri) else {
            journal.note(.garbled, of: 0)
            return answer(context, .badRequest, [])
        }
        let exchange = Exchange(number: number)
        let isRight =
            head.method == (exchange.isPost ? .POST : .GET) && head.headers["x-load-number"] == ["\(number)"]
            && body.readableBytesView.elementsEqual(exchange.requestBody)
        guard isRight else {
            journal.note(.garbled, of: number)
            return answer(context, .badRequest, [])
        }
        journal.note(.accepted, of: number)
        guard exchange.delayMilliseconds > 0 else { return serve(exchange, context) }
        context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(exchange.delayMilliseconds)) {
            self.serve(exchange, context)
        }
    }

    private func serve(_ exchange: Exchange, _ context: ChannelHandlerContext) {
        switch exchange.fault(at: name) {
        case .full:
            journal.note(.turnedAway, of: exchange.number)
            answer(context, .tooManyRequests, [])
        case .closed:
            journal.note(.closed, of: exchange.number)
            context.close(promise: nil)
        case .cutShort:
            journal.note(.cutShort, of: exchange.number)
            cut(exchange, context)
        case .none:
            journal.note(.answered, of: exchange.number)
            answer(exchange, context)
        }
    }

    private func head(of exchange: Exchange) -> HTTPResponseHead {
        var headers: HTTPHeaders = ["x-load-worker": name, "x-load-number": "\(exchange.number)"]
        if exchange.answerIsChunked {
            headers.add(name: "transfer-encoding", value: "chunked")
        } else {
            headers.add(name: "content-length", value: "\(exchange.answerBody.count)")
        }
        if exchange.answerCloses { headers.add(name: "connection", value: "close") }
        return HTTPResponseHead(version: .http1_1, status: .init(statusCode: exchange.status), headers: headers)
    }

    private func answer(_ exchange: Exchange, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(head(of: exchange))), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: exchange.answerBody)))), promise: nil)
        let end = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        if exchange.answerCloses { close(context, after: end) }
    }

    private func cut(_ exchange: Exchange, _ context: ChannelHandlerContext) {
        let body = exchange.answerBody
        context.write(wrapOutboundOut(.head(head(of: exchange))), promise: nil)
        let half = ByteBuffer(bytes: body[..<(body.count / 2)])
        close(context, after: context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(half)))))
    }

    private func answer(_ context: ChannelHandlerContext, _ status: HTTPResponseStatus, _ body: [UInt8]) {
        let head = HTTPResponseHead(
            version: .http1_1, status: status, headers: ["content-length": "\(body.count)"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func close(_ context: ChannelHandlerContext, after written: EventLoopFuture<Void>) {
        written.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }
}
