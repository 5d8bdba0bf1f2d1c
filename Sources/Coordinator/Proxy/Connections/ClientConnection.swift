#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif
import Measures
import NIOCore

/// A client's connection: reads its requests, one after the other, and writes the answers in their order.
///
/// A request that comes while another is under way waits in `input`, and nothing more is read meanwhile.
final class ClientConnection: ChannelDuplexHandler, TimedConnection {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// The next request is awaited, or has begun to come.
        case head(HeadScanner)
        /// A request is under way.
        case exchange(Exchange)
        /// The last answer has been written; what still comes is thrown away, because closing on it would destroy the
        /// answer on its way (RFC 9112, section 9.6).
        case lingering
        case closed
    }

    var listIndex: Int?
    private(set) var deadline: MonotonicInstant?
    private(set) var identity: ClientIdentity
    private let loop: ProxyLoop
    private var context: ChannelHandlerContext?
    private var phase = Phase.head(HeadScanner())
    private var input: ByteBuffer?
    private var lastEnd: MonotonicInstant
    private var hasServed = false
    private var isProcessing = false
    private var isReading = true
    private var wantsRead = false
    private var inputIsClosed = false

    private static let lingerSeconds = 2.0
    private static let spareAfterSeconds = 0.1
    private static let spareBeforeFirstSeconds = 1.0

    init(_ loop: ProxyLoop) {
        self.loop = loop
        identity = ClientIdentity(nil, trusting: [])
        lastEnd = loop.now
    }

    /// Since when it has been without a request; nil while it has one.
    var idleSince: MonotonicInstant? {
        if case .head = phase, input == nil { lastEnd } else { nil }
    }

    /// Since when it has been without a request, when that is so long that none is likely to be on its way: who has
    /// just connected is about to send one.
    var spareSince: MonotonicInstant? {
        guard let idleSince else { return nil }
        let patience = hasServed ? Self.spareAfterSeconds : Self.spareBeforeFirstSeconds
        return loop.now.seconds(since: idleSince) >= patience ? idleSince : nil
    }

    /// Whether the answer that is written now is the last one.
    var mustClose: Bool { loop.isDraining || inputIsClosed || loop.budget.isFull }

    var isWritable: Bool { context?.channel.isWritable ?? false }

    // MARK: The exchange's side

    /// Writes what the loop has for the client; it goes out with what follows.
    func writeOutput() {
        guard loop.output.readableBytes > 0 else { return }
        write(loop.output)
        loop.output.clear()
    }

    func write(_ octets: ByteBuffer) {
        context?.write(NIOAny(octets), promise: nil)
    }

    /// Writes what the loop has for the client and has everything go out.
    ///
    /// The octets are taken out first, because a connection that turns out to be gone has consequences at once, and
    /// these may write, too. They are given back when they have gone out, so that their memory serves again.
    func sendOutput() {
        guard loop.output.readableBytes > 0 else {
            context?.flush()
            return
        }
        var octets = loop.takeOutput()
        context?.writeAndFlush(NIOAny(octets), promise: nil)
        octets.clear()
        loop.giveBack(output: octets)
    }

    func holdReading() { isReading = false }

    func resumeReading() {
        guard !isReading else { return }
        isReading = true
        if case .exchange(let exchange) = phase, !exchange.requestIsComplete {
            deadline = loop.after(loop.settings.timeouts.clientIdle)
        }
        if wantsRead {
            wantsRead = false
            context?.read()
        }
    }

    /// The request under way has been answered to the end.
    func finished(closes: Bool) {
        guard case .exchange(let exchange) = phase else { return }
        guard !closes, exchange.requestIsComplete else { return startClosing(lingers: !exchange.requestIsComplete) }
        // Nobody was told that the connection ends; but where nothing more can come, it does.
        guard !loop.isDraining, !inputIsClosed || input != nil else { return startClosing(lingers: false) }
        phase = .head(HeadScanner())
        hasServed = true
        lastEnd = loop.now
        deadline = loop.after(loop.settings.timeouts.keepAlive)
        if !isProcessing, input != nil { process() }
        if case .head = phase { resumeReading() }
    }

    /// The proxy answers the request itself.
    func refuse(_ answer: OwnAnswer, _ reason: RefusalReason, _ recorded: Exchange?) {
        loop.desk.counters.refuse(reason)
        loop.desk.counters.answered(answer.status)
        var closes = true
        var isHead = false
        var requestID: String?
        if case .exchange(let exchange) = phase {
            closes = !exchange.head.keepsAlive || !exchange.requestIsComplete || mustClose
            isHead = exchange.head.method == .head
            requestID = exchange.requestID
        }
        recorded?.record(answer.status, bytes: answer.sentence.utf8.count + 1, worker: nil)
        answer.write(closes: closes, isHead: isHead, requestID: requestID, to: &loop.output)
        sendOutput()
        if case .exchange = phase { finished(closes: closes) } else { startClosing(lingers: true) }
    }

    /// Breaks off, so that the client sees that the answer is not complete.
    func abort() {
        guard let context else { return }
        // A reset, because the end of the connection may be the end of the body to the client.
        if let socket = context.channel as? any SocketOptionProvider {
            _ = socket.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        }
        context.close(promise: nil)
    }

    // MARK: Closing

    /// Closes if no request is under way.
    func closeIdle() {
        if idleSince != nil { context?.close(promise: nil) }
    }

    /// Closes when all that was written has gone out. It lingers where more of a request may still come.
    private func startClosing(lingers: Bool) {
        guard let context else { return }
        let waits = (lingers || input != nil) && !inputIsClosed
        phase = .lingering
        input = nil
        deadline = loop.after(Self.lingerSeconds)
        let written = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        written.futureResult.whenComplete { _ in bound.value.close(mode: waits ? .output : .all, promise: nil) }
        context.writeAndFlush(NIOAny(ByteBuffer()), promise: written)
        if waits { resumeReading() }
    }

    func expire() {
        loop.touch()
        switch phase {
        case .head where input == nil: context?.close(promise: nil)
        case .head:
            refuse(OwnAnswer(status: 408, sentence: "the head of the request did not come in time"), .badRequest, nil)
        case .exchange(let exchange):
            exchange.abandon()
            guard !exchange.isAnswered else { return abort() }
            refuse(OwnAnswer(status: 408, sentence: "the body of the request did not come in time"), .badRequest, nil)
        case .lingering: context?.close(promise: nil)
        case .closed: break
        }
    }

    // MARK: Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        // Before the next one is accepted.
        loop.accepted()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        loop.left()
    }

    func channelActive(context: ChannelHandlerContext) {
        loop.touch()
        identity = ClientIdentity(context.channel.remoteAddress, trusting: loop.settings.trustedProxies)
        lastEnd = loop.now
        deadline = loop.after(loop.settings.timeouts.clientHead)
        loop.clients.insert(self)
        if loop.isDraining { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        loop.touch()
        if case .closed = phase { return }
        let before = phase
        phase = .closed
        deadline = nil
        input = nil
        if case .exchange(let exchange) = before { exchange.abandon() }
        loop.clients.remove(self)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? ChannelEvent, event == .inputClosed else { return }
        loop.touch()
        inputIsClosed = true
        switch phase {
        case .head, .lingering: context.close(promise: nil)
        // A client may close its side and wait for the answer; but half a request is none.
        case .exchange(let exchange) where !exchange.requestIsComplete:
            exchange.abandon()
            context.close(promise: nil)
        case .exchange, .closed: break
        }
    }

    func read(context: ChannelHandlerContext) {
        if isReading { context.read() } else { wantsRead = true }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        loop.touch()
        var octets = unwrapInboundIn(data)
        switch phase {
        case .lingering, .closed: return
        case .head, .exchange: break
        }
        if var before = input {
            // Given up first, so that the octets are added in place.
            input = nil
            before.writeBuffer(&octets)
            input = before
        } else {
            input = octets
        }
        process()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if case .exchange(let exchange) = phase, !exchange.requestIsComplete { exchange.flushRequest() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        loop.touch()
        guard case .exchange(let exchange) = phase else { return }
        if context.channel.isWritable {
            deadline = nil
            exchange.clientTakesMore()
        } else {
            deadline = loop.after(loop.settings.timeouts.clientIdle)
        }
    }

    // MARK: Requests

    /// Takes from `input` what can be taken.
    private func process() {
        isProcessing = true
        defer { isProcessing = false }
        while var octets = input, octets.readableBytes > 0 {
            input = nil
            switch phase {
            case .head(let scanner): guard takeHead(&octets, scanner) else { return }
            case .exchange(let exchange) where !exchange.requestIsComplete:
                guard takeBody(&octets, exchange) else { return }
            case .exchange:
                // The next request has to wait, and so has what comes after it.
                input = octets
                return holdReading()
            case .lingering, .closed: return
            }
            if octets.readableBytes > 0 { input = octets }
        }
    }

    /// False when more has to come, or nothing more will be taken.
    private func takeHead(_ octets: inout ByteBuffer, _ before: HeadScanner) -> Bool {
        var scanner = before
        let limits = loop.settings.limits
        do throws(MessageError) {
            let found = try scanner.end(in: octets.readableBytesUInt8Span, limit: limits.headBytes, skipsLeading: true)
            guard let end = found else {
                // A copy of its own, so that a slow client does not keep the whole buffer that was read into.
                let isBeginning = before == HeadScanner()
                input = isBeginning ? ByteBuffer(buffer: octets) : octets
                phase = .head(scanner)
                if isBeginning { deadline = loop.after(loop.settings.timeouts.clientHead) }
                return false
            }
            guard let lines = octets.readSlice(length: end) else { return false }
            let exchange = try begin(lines, from: scanner.leading, to: end)
            // What has come of the body goes along with the head.
            try exchange.takeBody(&octets)
            deadline = exchange.requestIsComplete || !isReading ? nil : loop.after(loop.settings.timeouts.clientIdle)
            exchange.start()
            return true
        } catch {
            refuse(
                OwnAnswer(status: error.status, sentence: error.sentence),
                error.status == 404 ? .notFound : .badRequest, nil)
            return false
        }
    }

    private func begin(_ lines: ByteBuffer, from start: Int, to end: Int) throws(MessageError) -> Exchange {
        let octets = lines.readableBytesUInt8Span
        let head = try RequestHead(octets, from: start, to: end, targetLimit: loop.settings.limits.targetBytes)
        guard !head.asksForUpgrade(octets) else {
            throw MessageError(501, "no other protocol is spoken here: HTTP/1.1 goes to functions, nothing is upgraded")
        }
        if let limit = loop.settings.limits.bodyBytes, let length = head.fields.contentLength, length > limit {
            throw MessageError(413, "the body is longer than \(limit) bytes")
        }
        let exchange = Exchange(loop, self, head, try Route(octets, head.target), lines: lines)
        phase = .exchange(exchange)
        return exchange
    }

    private func takeBody(_ octets: inout ByteBuffer, _ exchange: Exchange) -> Bool {
        do throws(MessageError) {
            try exchange.takeBody(&octets)
        } catch {
            exchange.abandon()
            refuse(OwnAnswer(status: error.status, sentence: error.sentence), .badRequest, nil)
            return false
        }
        deadline = exchange.requestIsComplete || !isReading ? nil : loop.after(loop.settings.timeouts.clientIdle)
        return true
    }
}
