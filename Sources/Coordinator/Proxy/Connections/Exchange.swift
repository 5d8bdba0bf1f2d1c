import Measures
import NIOCore
import Routing
import Synchronization
import Topology

/// One request on its way: from the client to a worker, perhaps to another, and the answer back.
final class Exchange {
    /// Why a worker did not answer, or not to the end.
    enum Failure {
        case noConnection(String)
        case brokeOff(String)
        case timeout
        case badAnswer(String)
    }

    private enum Stage {
        case routing
        case waiting(Ticket)
        case opening(Assignment, WorkerConnection)
        case sent(Assignment, WorkerConnection)
        case ended
    }

    let head: RequestHead
    /// The octets that the head was read from.
    let lines: ByteBuffer
    let route: Route
    private let loop: ProxyLoop
    private let client: ClientConnection
    private let function: FunctionName
    /// The request's name: the client's where it gave one that can be kept, or else a new one.
    let requestID: String
    private let newRequestID: String?
    private let arrivedAt: MonotonicInstant
    private var stage = Stage.routing
    /// What of the request's body is still to come from the client.
    private var framing: BodyFraming
    private var bodyBytes = 0
    /// The body so far, or its beginning while nothing was sent.
    private var held: ByteBuffer?
    /// Whether `held` is all that has come of the body, so that the request can be sent again.
    private var isHeldWhole = true
    private var failures = 0
    private var failed: [WorkerID] = []
    private var sentAt: MonotonicInstant
    private var answer: (status: Int, coding: AnswerWriter.Coding, closes: Bool, outcome: RequestOutcome)?
    private var answerBytes = 0

    /// Parts of an answer up to this size are copied together, larger ones are written as they are.
    private static let copiedBytes = 8_192

    init(_ loop: ProxyLoop, _ client: ClientConnection, _ head: RequestHead, _ route: Route, lines: ByteBuffer) {
        self.loop = loop
        self.client = client
        self.head = head
        self.route = route
        self.lines = lines
        framing = head.framing
        let octets = lines.readableBytesUInt8Span
        function = FunctionName(octets.text(in: route.function))
        let kept = head.fields.keptRequestID(octets)
        newRequestID = kept == nil ? loop.nextRequestID() : nil
        requestID = kept ?? newRequestID ?? ""
        arrivedAt = loop.now
        sentAt = loop.now
    }

    /// Whether all of the request has come from the client.
    var requestIsComplete: Bool { framing.isComplete }

    /// Whether the client has got the beginning of an answer.
    var isAnswered: Bool { answer != nil }

    /// Whether the client gets the data of chunks, and not the chunks.
    var wantsDataAlone: Bool { answer?.coding == .dechunked }

    // MARK: Routing

    /// Finds a worker.
    func start() {
        let lines = lines
        let octets = lines.readableBytesUInt8Span
        let invocation = Invocation(
            function: function, uri: octets.text(in: head.target), client: client.identity.octets)
        let admission = loop.desk.arrive(invocation, avoiding: failed, at: loop.now) {
            let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
            return Waiter { end in bound.eventLoop.execute { bound.value.waitEnded(end) } }
        }
        switch admission {
        case .send(let assignment): dispatch(assignment)
        case .wait(let ticket): stage = .waiting(ticket)
        case .refuse(let refusal): refuse(refusal)
        }
    }

    private func waitEnded(_ end: WaitEnd) {
        loop.touch()
        switch (stage, end) {
        case (.waiting, .send(let assignment)): dispatch(assignment)
        case (.waiting, .refuse(let refusal)): refuse(refusal)
        // The client left when the worker was already found.
        case (_, .send(let assignment)): loop.desk.end(assignment, .abandoned, after: 0, at: loop.now)
        case (_, .refuse): break
        }
    }

    private func dispatch(_ assignment: Assignment) {
        sentAt = loop.now
        stage = .routing
        loop.connect(self, to: assignment)
    }

    private func refuse(_ refusal: Refusal) {
        stage = .ended
        let isUnserved = refusal.reason == .noWorkers || refusal.reason == .noneInService
        if isUnserved, failures > 0 {
            return client.refuse(OwnAnswer(status: 502, sentence: "no worker could be reached"), .workerFailed, self)
        }
        client.refuse(
            OwnAnswer(status: 503, sentence: refusal.sentence, retryAfterSeconds: refusal.retryAfterSeconds),
            refusal.reason.refusal, self)
    }

    // MARK: The way to the worker

    /// A connection is being made.
    func connecting(_ assignment: Assignment, _ connection: WorkerConnection) {
        stage = .opening(assignment, connection)
    }

    /// A connection is there: the request goes out, as far as it has come.
    func connected(_ assignment: Assignment, _ connection: WorkerConnection) {
        stage = .sent(assignment, connection)
        connection.begin(self)
        let writer = RequestWriter(head: head, route: route, client: client.identity, newRequestID: newRequestID)
        let lines = lines
        // Taken out of the loop, because a connection that turns out to be gone leads here again at once.
        var request = loop.takeRequest()
        writer.write(lines.readableBytesUInt8Span, for: assignment.kind, to: &request)
        if let held, held.readableBytes <= Self.copiedBytes { request.writeImmutableBuffer(held) }
        connection.write(request)
        if let held, held.readableBytes > Self.copiedBytes { connection.write(held) }
        connection.flush()
        request.clear()
        loop.giveBack(request: request)
        guard case .sent(_, let current) = stage, current === connection else { return }
        limitHeld(adding: 0)
        if framing.isComplete {
            connection.awaitAnswer()
        } else if connection.isWritable {
            client.resumeReading()
        }
    }

    /// Takes from `octets` what belongs to the request's body. Throws `MessageError`.
    func takeBody(_ octets: inout ByteBuffer) throws(MessageError) {
        let end = try framing.take(octets.readableBytesUInt8Span, from: 0) { _ in }
        guard end > 0, let part = octets.readSlice(length: end) else { return }
        bodyBytes += end
        if let limit = loop.settings.limits.bodyBytes, bodyBytes > limit {
            throw MessageError(413, "the body is longer than \(limit) bytes")
        }
        switch stage {
        case .sent(_, let connection):
            limitHeld(adding: end)
            if isHeldWhole { hold(part) }
            connection.write(part)
            if framing.isComplete {
                connection.flush()
                connection.awaitAnswer()
            }
            if !connection.isWritable { client.holdReading() }
        case .routing, .waiting, .opening:
            hold(part)
            if (held?.readableBytes ?? 0) >= loop.settings.limits.heldBodyBytes { client.holdReading() }
        case .ended: break
        }
    }

    /// What was written of the body goes out.
    func flushRequest() {
        if case .sent(_, let connection) = stage { connection.flush() }
    }

    /// The worker's connection takes more again.
    func workerTakesMore() {
        if framing.isComplete {
            if case .sent(_, let connection) = stage { connection.awaitAnswer() }
        } else {
            client.resumeReading()
        }
    }

    private func hold(_ part: ByteBuffer) {
        if held == nil { held = part } else { held?.writeImmutableBuffer(part) }
    }

    /// What has been sent is kept only up to a limit.
    private func limitHeld(adding count: Int) {
        guard (held?.readableBytes ?? 0) + count > loop.settings.limits.heldBodyBytes else { return }
        held = nil
        isHeldWhole = false
    }

    // MARK: The way back

    /// The worker announces something, 100 (Continue) above all.
    func announced(_ announcement: ResponseHead, _ lines: ByteBuffer) {
        guard head.isVersion11, case .sent = stage else { return }
        let writer = AnswerWriter(
            head: announcement, request: head, newRequestID: nil, coding: .verbatim, closes: false)
        writer.write(lines.readableBytesUInt8Span, to: &loop.output)
        client.sendOutput()
    }

    /// The head of an answer has come. False when the request goes to another worker instead.
    func answers(_ answerHead: ResponseHead, _ lines: ByteBuffer, _ framing: BodyFraming) -> Bool {
        let octets = lines.readableBytesUInt8Span
        let outcome = RequestOutcome(answerHead, octets)
        if case .full = outcome, isHeldWhole {
            goElsewhere(outcome)
            return false
        }
        let coding = AnswerWriter.coding(framing, for: head)
        let endsUnframed = !head.isVersion11 && (coding == .dechunked || framing == .untilClose)
        let closes = !head.keepsAlive || !requestIsComplete || endsUnframed || client.mustClose
        let writer = AnswerWriter(
            head: answerHead, request: head, newRequestID: newRequestID, coding: coding, closes: closes)
        writer.write(octets, to: &loop.output)
        answer = (answerHead.status, coding, closes, outcome)
        return true
    }

    /// Octets of the answer's body, in the form that `wantsDataAlone` asks for.
    func answer(_ octets: ByteBuffer) {
        guard case .sent = stage else { return }
        answerBytes += octets.readableBytes
        let isChunk = answer?.coding == .chunked
        if isChunk { loop.output.writeString("\(String(octets.readableBytes, radix: 16))\r\n") }
        if octets.readableBytes <= Self.copiedBytes {
            loop.output.writeImmutableBuffer(octets)
        } else {
            client.writeOutput()
            client.write(octets)
        }
        if isChunk { loop.output.writeStaticString("\r\n") }
        if !client.isWritable, case .sent(_, let connection) = stage { connection.holdReading() }
    }

    /// What was written of the answer goes out.
    func flushAnswer() { client.sendOutput() }

    /// The client takes more again.
    func clientTakesMore() {
        if case .sent(_, let connection) = stage { connection.resumeReading() }
    }

    /// The answer is complete.
    func answered() {
        guard case .sent(let assignment, _) = stage, let answer else { return }
        stage = .ended
        if answer.coding == .chunked { loop.output.writeStaticString("0\r\n\r\n") }
        // Before the client has its answer, so that whoever has seen it finds it counted.
        conclude(assignment, answer.outcome, status: answer.status)
        client.sendOutput()
        client.finished(closes: answer.closes)
    }

    // MARK: What goes wrong

    /// The worker did not answer, or not to the end.
    func failed(_ failure: Failure) {
        loop.output.clear()
        guard let (assignment, connection) = assigned else { return }
        let isRace = failure.isBreak && connection.isReused && !connection.hasAnswered
        let outcome = isRace ? RequestOutcome.abandoned : .workerFailed
        failures += 1
        if answer == nil, isHeldWhole, mayResend(after: failure, isRace: isRace),
            failures < loop.settings.retries.attempts
        {
            loop.desk.end(assignment, outcome, after: sinceSent, at: loop.now)
            if !isRace { failed.append(assignment.worker) }
            loop.desk.counters.resent.add(1, ordering: .relaxed)
            stage = .routing
            return start()
        }
        stage = .ended
        let own = failure.answer
        conclude(assignment, outcome, status: answer?.status ?? own.answer.status)
        if answer == nil { client.refuse(own.answer, own.reason, nil) } else { client.abort() }
    }

    /// The client has gone.
    func abandon() {
        switch stage {
        case .routing, .ended: break
        case .waiting(let ticket): loop.desk.withdraw(ticket)
        case .opening(let assignment, let connection):
            connection.abandonOpening()
            conclude(assignment, .abandoned, status: 499)
        case .sent(let assignment, let connection):
            connection.close()
            conclude(assignment, .abandoned, status: answer?.status ?? 499)
        }
        stage = .ended
    }

    private func mayResend(after failure: Failure, isRace: Bool) -> Bool {
        if case .noConnection = failure { return true }
        return isRace && head.method.isIdempotent && loop.settings.retries.resendsIdempotent
    }

    /// The worker is full: the request is tried again, where there is room, for as long as requests may wait.
    private func goElsewhere(_ outcome: RequestOutcome) {
        guard let (assignment, _) = assigned else { return }
        loop.desk.end(assignment, outcome, after: sinceSent, at: loop.now)
        stage = .routing
        guard loop.now.seconds(since: arrivedAt) < loop.settings.queuePatienceSeconds else {
            return refuse(Refusal(reason: .waitedTooLong, retryAfterSeconds: 1))
        }
        loop.desk.counters.resent.add(1, ordering: .relaxed)
        start()
    }

    private var assigned: (Assignment, WorkerConnection)? {
        switch stage {
        case .opening(let assignment, let connection), .sent(let assignment, let connection): (assignment, connection)
        case .routing, .waiting, .ended: nil
        }
    }

    private var sinceSent: UInt64 { loop.now.nanoseconds(since: sentAt) }

    private func conclude(_ assignment: Assignment, _ outcome: RequestOutcome, status: Int) {
        loop.desk.end(
            assignment, of: function, outcome, sinceSent: sinceSent,
            sinceArrival: loop.now.nanoseconds(since: arrivedAt),
            at: loop.now)
        record(status, bytes: answerBytes, worker: assignment.address)
        if answer != nil { loop.desk.counters.answered(status) }
    }

    /// Leaves a line in the access log, if there is one.
    func record(_ status: Int, bytes: Int, worker: WorkerAddress?) {
        guard let log = loop.log else { return }
        let lines = lines
        let octets = lines.readableBytesUInt8Span
        log.write(
            AccessLogLine(
                client: client.identity.text, method: octets.text(in: head.methodRange),
                target: octets.text(in: head.target),
                isVersion11: head.isVersion11, status: status, bytes: bytes, worker: worker?.text,
                function: function.rawValue, requestID: requestID,
                seconds: loop.now.seconds(since: arrivedAt), userAgent: head.fields.text(of: "user-agent", octets),
                referrer: head.fields.text(of: "referer", octets)))
    }
}
