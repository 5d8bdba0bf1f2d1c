import NIOCore
import NIOHTTP1

/// One connection of a client.
final class LoadClient: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private enum State {
        case idle
        case waiting(Exchange)
        case receiving(Exchange, HTTPResponseHead, ByteBuffer)
        case over
    }

    private let run: LoadRun
    private var state = State.idle
    private var deadline: Scheduled<Void>?

    /// Longer than the proxy waits for anything.
    private static let patience = TimeAmount.seconds(240)

    init(_ run: LoadRun) { self.run = run }

    func channelActive(context: ChannelHandlerContext) { send(context) }

    private func send(_ context: ChannelHandlerContext) {
        guard let number = run.take() else {
            state = .over
            context.close(promise: nil)
            return
        }
        let exchange = Exchange(number: number)
        state = .waiting(exchange)
        var headers: HTTPHeaders = ["host": "load", "x-load-number": "\(number)"]
        if exchange.requestIsChunked {
            headers.add(name: "transfer-encoding", value: "chunked")
        } else if exchange.isPost {
            headers.add(name: "content-length", value: "\(exchange.requestBody.count)")
        }
        let head = HTTPRequestHead(
            version: .http1_1, method: exchange.isPost ? .POST : .GET, uri: exchange.target, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !exchange.requestBody.isEmpty {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: exchange.requestBody)))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) {
            self.run.settle(number, .unanswered)
            self.state = .over
            context.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), state) {
        case (.head(let head), .waiting(let exchange)): state = .receiving(exchange, head, ByteBuffer())
        case (.body(var part), .receiving(let exchange, let head, var body)):
            // The state must not hold a second reference while the buffer grows.
            state = .idle
            body.writeBuffer(&part)
            state = .receiving(exchange, head, body)
        case (.end, .receiving(let exchange, let head, let body)):
            deadline?.cancel()
            run.settle(exchange.number, judge(exchange, head, body))
            state = .idle
            if head.isKeepAlive { send(context) } else { context.close(promise: nil) }
        default:
            spoil()
            context.close(promise: nil)
        }
    }

    private func judge(_ exchange: Exchange, _ head: HTTPResponseHead, _ body: ByteBuffer) -> LoadOutcome {
        let isOwn =
            head.headers["x-load-number"] == ["\(exchange.number)"] && Int(head.status.code) == exchange.status
            && body.readableBytesView.elementsEqual(exchange.answerBody)
        if isOwn { return .right }
        switch head.status {
        case .badGateway: return .badGateway
        case .serviceUnavailable: return .unavailable
        case .gatewayTimeout: return .gatewayTimeout
        default: return .wrong
        }
    }

    /// What came was no part of the one answer that is due.
    private func spoil() {
        switch state {
        case .waiting(let exchange), .receiving(let exchange, _, _): run.settle(exchange.number, .wrong)
        case .idle, .over: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset is an end like another; anything else is an answer that cannot be read.
        if !(error is IOError), !(error is ChannelError), !isEnd(error) { spoil() }
        context.close(promise: nil)
    }

    private func isEnd(_ error: any Error) -> Bool {
        if case HTTPParserError.invalidEOFState = error { true } else { false }
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        switch state {
        case .waiting(let exchange): run.settle(exchange.number, .closed)
        case .receiving(let exchange, _, _): run.settle(exchange.number, .cutShort)
        case .idle, .over: break
        }
        state = .over
        run.ended()
        context.fireChannelInactive()
    }
}
