import Measures
import NIOCore
import Routing
import Synchronization

/// A connection to a worker: reads its answers, and hands them to the exchange they belong to.
final class WorkerConnection: ChannelDuplexHandler, TimedConnection {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        /// `exchange` waits for it to open.
        case opening(Exchange, Assignment)
        /// It is kept for the next request.
        case idle
        /// The head of an answer to `exchange` is awaited.
        case head(Exchange)
        /// The body of an answer to `exchange` is coming.
        case body(Exchange, BodyFraming, keepsAlive: Bool)
        /// The rest of an answer that nobody gets is coming.
        case discarding(BodyFraming, left: Int)
        case closed
    }

    var listIndex: Int?
    var deadline: MonotonicInstant?
    /// Whether it has carried a request before the present one.
    private(set) var isReused = false
    /// Whether an octet of the present answer has come.
    private(set) var hasAnswered = false
    private let loop: ProxyLoop
    private let pool: WorkerPool
    private var context: ChannelHandlerContext?
    private var state: State
    private var scanner = HeadScanner()
    private var input: ByteBuffer?
    private var interims = 0
    private var keepSeconds: Double
    private var isReading = true
    private var wantsRead = false
    private var failure: String?

    /// More announcements of one answer are no announcements.
    private static let mostInterims = 32
    /// So much of an unwanted answer is read to keep the connection.
    private static let mostDiscarded = 65_536

    init(_ loop: ProxyLoop, _ pool: WorkerPool, for exchange: Exchange, _ assignment: Assignment) {
        self.loop = loop
        self.pool = pool
        state = .opening(exchange, assignment)
        keepSeconds = loop.settings.timeouts.workerKeepAlive
        loop.desk.counters.workerConnections.add(1, ordering: .relaxed)
    }

    var isReusable: Bool {
        if case .idle = state, context?.channel.isActive == true { true } else { false }
    }

    var isWritable: Bool { context?.channel.isWritable ?? false }

    // MARK: The exchange's side

    /// The next answer belongs to `exchange`.
    func begin(_ exchange: Exchange) {
        state = .head(exchange)
        scanner = HeadScanner()
        hasAnswered = false
        interims = 0
        deadline = nil
    }

    func write(_ octets: ByteBuffer) {
        context?.write(NIOAny(octets), promise: nil)
    }

    func flush() { context?.flush() }

    /// The whole request has been sent.
    func awaitAnswer() {
        if case .head = state { deadline = loop.after(loop.settings.timeouts.response) }
    }

    func holdReading() {
        isReading = false
        deadline = nil
    }

    func resumeReading() {
        guard !isReading else { return }
        isReading = true
        if case .body = state { deadline = loop.after(loop.settings.timeouts.workerIdle) }
        if wantsRead {
            wantsRead = false
            context?.read()
        }
    }

    func close() {
        guard case .closed = state else {
            finishClosing()
            context?.close(promise: nil)
            return
        }
    }

    // MARK: Time

    func expire() {
        switch state {
        case .idle, .discarding: close()
        case .head(let exchange):
            close()
            exchange.failed(.timeout)
        case .body(let exchange, _, _):
            close()
            exchange.failed(.timeout)
        case .opening, .closed: deadline = nil
        }
    }

    // MARK: Channel

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        loop.touch()
        loop.workers.insert(self)
        guard case .opening(let exchange, let assignment) = state else {
            // Whoever wanted it has gone; the next one may.
            if case .idle = state { return becomeIdle() }
            return context.close(promise: nil)
        }
        exchange.connected(assignment, self)
    }

    func connectFailed(_ reason: String) {
        guard case .opening(let exchange, _) = state else { return close() }
        loop.touch()
        finishClosing()
        exchange.failed(.noConnection(reason))
    }

    /// The exchange that waited for it to open has gone.
    func abandonOpening() {
        guard case .opening = state else { return }
        state = .idle
    }

    func read(context: ChannelHandlerContext) {
        if isReading { context.read() } else { wantsRead = true }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        loop.touch()
        var octets = unwrapInboundIn(data)
        if var before = input {
            input = nil
            before.writeBuffer(&octets)
            octets = before
        }
        take(&octets)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        switch state {
        case .body(let exchange, _, _): exchange.flushAnswer()
        // Nobody is left to get what may still be there.
        case .opening, .idle, .head, .discarding, .closed: loop.output.clear()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        loop.touch()
        switch state {
        case .head(let exchange), .body(let exchange, _, _):
            if context.channel.isWritable {
                deadline = nil
                exchange.workerTakesMore()
            } else {
                deadline = loop.after(loop.settings.timeouts.workerIdle)
            }
        case .opening, .idle, .discarding, .closed: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = "\(error)"
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        loop.touch()
        let before = state
        finishClosing()
        switch before {
        case .head(let exchange): exchange.failed(.brokeOff(failure ?? "the connection was closed"))
        case .body(let exchange, .untilClose, _) where failure == nil: exchange.answered()
        case .body(let exchange, _, _): exchange.failed(.brokeOff(failure ?? "the connection was closed"))
        case .opening(let exchange, _): exchange.failed(.noConnection(failure ?? "the connection was closed"))
        case .idle, .discarding, .closed: break
        }
    }

    private func finishClosing() {
        guard case .closed = state else {
            if case .idle = state { pool.forget(self) }
            state = .closed
            deadline = nil
            input = nil
            loop.workers.remove(self)
            loop.desk.counters.workerConnections.subtract(1, ordering: .relaxed)
            return
        }
    }

    // MARK: Answers

    private func take(_ octets: inout ByteBuffer) {
        while octets.readableBytes > 0 {
            switch state {
            case .head(let exchange):
                hasAnswered = true
                guard takeHead(&octets, exchange) else { return }
            case .body(let exchange, let framing, let keepsAlive):
                guard takeBody(&octets, exchange, framing, keepsAlive: keepsAlive) else { return }
            case .discarding(let framing, let left): guard discard(&octets, framing, left) else { return }
            // Nothing was asked.
            case .idle: return close()
            case .opening, .closed: return
            }
        }
    }

    /// False when there is nothing more to do with the octets.
    private func takeHead(_ octets: inout ByteBuffer, _ exchange: Exchange) -> Bool {
        let head: ResponseHead
        let end: Int
        do throws(MessageError) {
            let limit = loop.settings.limits.headBytes
            guard let found = try scanner.end(in: octets.readableBytesUInt8Span, limit: limit, skipsLeading: false)
            else {
                input = octets
                return false
            }
            end = found
            head = try ResponseHead(octets.readableBytesUInt8Span, to: end)
        } catch {
            return misbehaved(error.sentence, exchange)
        }
        scanner = HeadScanner()
        guard let lines = octets.readSlice(length: end) else { return false }
        if head.isInterim {
            interims += 1
            guard head.status != 101, interims <= Self.mostInterims else {
                return misbehaved("the worker changes the protocol, or announces without end", exchange)
            }
            exchange.announced(head, lines)
            return true
        }
        let framing = head.framing(for: exchange.head.method)
        noteKeepAlive(head, lines)
        let isKept = head.keepsAlive && exchange.requestIsComplete
        state = .body(exchange, framing, keepsAlive: head.keepsAlive)
        guard exchange.answers(head, lines, framing) else {
            startDiscarding(framing, keepsAlive: isKept)
            return true
        }
        deadline = isReading ? loop.after(loop.settings.timeouts.workerIdle) : nil
        if framing.isComplete { complete(exchange, keepsAlive: head.keepsAlive, hasMore: octets.readableBytes > 0) }
        return true
    }

    private func takeBody(
        _ octets: inout ByteBuffer, _ exchange: Exchange, _ framing: BodyFraming, keepsAlive: Bool
    ) -> Bool {
        var framing = framing
        do throws(MessageError) {
            let decodes = exchange.wantsDataAlone
            var data: [Range<Int>] = []
            let end = try framing.take(octets.readableBytesUInt8Span, from: 0) { if decodes { data.append($0) } }
            guard let taken = octets.readSlice(length: end) else { return false }
            if decodes {
                for range in data {
                    if let part = taken.getSlice(at: taken.readerIndex + range.lowerBound, length: range.count) {
                        exchange.answer(part)
                    }
                }
            } else {
                exchange.answer(taken)
            }
        } catch {
            return misbehaved(error.sentence, exchange)
        }
        // The client may have gone with the last octets.
        guard case .body = state else { return false }
        if framing.isComplete {
            complete(exchange, keepsAlive: keepsAlive, hasMore: octets.readableBytes > 0)
        } else {
            state = .body(exchange, framing, keepsAlive: keepsAlive)
            deadline = isReading ? loop.after(loop.settings.timeouts.workerIdle) : nil
        }
        return true
    }

    private func complete(_ exchange: Exchange, keepsAlive: Bool, hasMore: Bool) {
        // What comes after an answer belongs to none: such a connection is not used again.
        let isKept = keepsAlive && !hasMore && exchange.requestIsComplete
        if isKept { becomeIdle() } else { close() }
        exchange.answered()
    }

    private func becomeIdle() {
        guard !loop.isDraining, keepSeconds > 0 else { return close() }
        state = .idle
        isReused = true
        isReading = true
        deadline = loop.after(keepSeconds)
        pool.keep(self)
        if wantsRead {
            wantsRead = false
            context?.read()
        }
    }

    private func misbehaved(_ sentence: String, _ exchange: Exchange) -> Bool {
        close()
        exchange.failed(.badAnswer(sentence))
        return false
    }

    private func startDiscarding(_ framing: BodyFraming, keepsAlive: Bool) {
        guard keepsAlive, framing != .untilClose else { return close() }
        if framing.isComplete { return becomeIdle() }
        state = .discarding(framing, left: Self.mostDiscarded)
        deadline = loop.after(loop.settings.timeouts.workerIdle)
    }

    private func discard(_ octets: inout ByteBuffer, _ framing: BodyFraming, _ left: Int) -> Bool {
        var framing = framing
        do throws(MessageError) {
            let end = try framing.take(octets.readableBytesUInt8Span, from: 0) { _ in }
            octets.moveReaderIndex(forwardBy: end)
            let rest = left - end
            if framing.isComplete, octets.readableBytes == 0 {
                becomeIdle()
            } else if framing.isComplete || rest < 0 {
                close()
            } else {
                state = .discarding(framing, left: rest)
            }
        } catch {
            close()
        }
        return false
    }

    /// A worker that says how long it keeps connections (`Keep-Alive: timeout=5`) is believed: a request that meets the
    /// end of the connection on its way is lost, so the proxy gives up the connection a second earlier.
    private func noteKeepAlive(_ head: ResponseHead, _ lines: ByteBuffer) {
        guard let field = head.fields.all.first(where: { $0.kind == .keepAlive }) else { return }
        let octets = lines.readableBytesUInt8Span
        for element in octets.listElements(in: field.value) {
            let text = octets.text(in: element)
            guard text.hasPrefix("timeout="), let seconds = Double(text.dropFirst(8)) else { continue }
            keepSeconds = min(loop.settings.timeouts.workerKeepAlive, max(seconds - 1, 0))
        }
    }
}
