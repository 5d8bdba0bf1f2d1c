import Logging
import Measures
import ServiceLifecycle
import Synchronization

/// Something that happened to a run, and when.
struct RunMail: Sendable {
    let event: RunEvent
    let instant: MonotonicInstant
}

/// The tasks of the service: one that receives callbacks, one for each run, and below it one for each request.
extension WorkflowService {
    /// The most events that a run has not taken in. A run has fewer calls open than this; only callbacks that come
    /// again and again can fill it, and what is lost then runs into its time-out.
    private static let mailboxSize = 65_536
    private static let shutdown = RunEvent.cancelled(reason: "the coordinator was shut down")

    /// Runs what is submitted until graceful shutdown or cancellation. Throws `WorkflowError` when callbacks cannot be
    /// received.
    public func run() async throws {
        defer { close() }
        let receiver = try await CallbackReceiver(
            listeningOn: settings.callbacks, bounds: .init(answerBytes: settings.maximumAnswerBytes),
            pause: surroundings.pause
        ) { [weak self] in self?.deliver($0) ?? false }
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.receive(receiver) }
                group.addTask { try await self.carryOutRuns(receiver) }
                group.addTask { await self.clearAway() }
                group.addTask { await self.watchPatience() }
                // The runs end at shutdown; the others before them only when they fail.
                try await group.next()
                group.cancelAll()
            }
        } onCancelOrGracefulShutdown: {
            self.close()
        }
    }

    private func receive(_ receiver: CallbackReceiver) async throws {
        do {
            try await receiver.run()
        } catch {
            if Task.isCancelled { return }
            throw WorkflowError(
                .unreachable,
                "callbacks cannot be received on \(settings.callbacks.host):\(settings.callbacks.port): \(error)")
        }
    }

    private func carryOutRuns(_ receiver: CallbackReceiver) async throws {
        let port = try await receiver.port()
        let base = settings.callbacks.advertisedURL ?? "http://\(settings.callbacks.host):\(port)"
        await withDiscardingTaskGroup { group in
            for await _ in releases {
                while let id = state.withLock({ $0.ledger.nextReleased() }) {
                    group.addTask { await self.carryOut(id, callbacks: base) }
                }
            }
        }
    }

    /// Removes the objects of runs that are no longer kept, until cancelled.
    private func clearAway() async {
        for await id in forgotten {
            do throws(WorkflowError) {
                try await objects?.removeAll(of: id)
            } catch {
                logger.warning("objects are left over", metadata: ["run": "\(id)", "error": "\(error)"])
            }
        }
    }

    /// Takes no more runs, and ends those that have not ended.
    private func close() {
        let open = state.withLock { state -> [RunReport] in
            guard !state.isClosed else { return [] }
            state.isClosed = true
            return state.ledger.reports.filter { !$0.hasEnded }
        }
        for report in open where report.state == .running {
            post(Self.shutdown, to: report.id)
        }
        for report in open where report.state == .waiting {
            conclude(report.id, .cancelled("the coordinator was shut down"), latencySeconds: 0, spans: [])
        }
        release.finish()
        wake()
    }

    /// One run, from its first request to its end.
    private func carryOut(_ id: RunID, callbacks: String) async {
        let (mails, mailbox) = AsyncStream.makeStream(
            of: RunMail.self, bufferingPolicy: .bufferingOldest(Self.mailboxSize))
        let begun = state.withLock { state -> RunLedger.OpenRun? in
            guard let run = state.ledger.begin(id) else { return nil }
            state.mailboxes[id] = mailbox
            return run
        }
        // It may have been cancelled while it waited, or be under way.
        guard let begun else { return }
        // A shutdown between the two has not seen the mailbox.
        if state.withLock({ $0.isClosed }) { post(Self.shutdown, to: id) }
        let start = surroundings.time.now
        await withDiscardingTaskGroup { group in
            var (machine, actions) = RunMachine.start(begun.graph, as: id, input: begun.input, at: start)
            var alarm: MonotonicInstant?
            var mails = mails.makeAsyncIterator()
            var instant = start
            while true {
                for action in actions {
                    guard case .invoke(let invocation) = action else { continue }
                    let place = CallbackReceiver.Place(secret: begun.secret, attempt: invocation.attempt)
                    group.addTask { await self.perform(invocation, callback: callbacks + place.path) }
                }
                if let end = machine.end {
                    conclude(id, end, latencySeconds: instant.seconds(since: start), spans: machine.spans)
                    break
                }
                if let deadline = machine.nextDeadline, alarm.map({ deadline < $0 }) ?? true {
                    alarm = deadline
                    group.addTask { await self.alarm(id, at: deadline) }
                }
                // Nothing more comes when the service is cancelled, or the run was ended from outside.
                let mail = await mails.next() ?? RunMail(event: Self.shutdown, instant: surroundings.time.now)
                if mail.event == .timePassed { alarm = nil }
                instant = mail.instant
                actions = machine.handle(mail.event, at: mail.instant)
            }
            group.cancelAll()
        }
    }

    private func alarm(_ id: RunID, at deadline: MonotonicInstant) async {
        let wait = deadline.nanoseconds(since: surroundings.time.now)
        do {
            try await surroundings.pause(wait)
        } catch {
            return
        }
        post(.timePassed, to: id)
    }

    private func perform(_ invocation: Invocation, callback: String) async {
        let id = invocation.attempt.call.run
        do throws(InvocationFailure) {
            switch invocation.call.mode {
            case .synchronous:
                post(.answered(invocation.attempt, try await gateway.invoke(invocation)), to: id)
            case .asynchronous:
                try await gateway.enqueue(invocation, callback: callback)
            }
        } catch {
            post(.failed(invocation.attempt, error), to: id)
        }
    }

    /// Hands an event to its run, with the present instant; a run that has ended takes none.
    func post(_ event: RunEvent, to id: RunID) {
        let mail = RunMail(event: event, instant: surroundings.time.now)
        _ = state.withLock { $0.mailboxes[id] }?.yield(mail)
    }

    private func deliver(_ delivery: CallbackReceiver.Delivery) -> Bool {
        let id = delivery.attempt.call.run
        guard state.withLock({ $0.ledger.openRun(id)?.secret }) == delivery.secret else { return false }
        post(.answered(delivery.attempt, delivery.answer), to: id)
        return true
    }

    /// Puts a run among those that ended, and lets go of what belonged to those that are forgotten for it.
    func conclude(_ id: RunID, _ end: RunEnd, latencySeconds: Double, spans: [FunctionSpan]) {
        let concluded = state.withLock { state in
            state.mailboxes.removeValue(forKey: id)?.finish()
            return state.ledger.end(id, end, latencySeconds: latencySeconds, spans: spans)
        }
        guard let (report, old) = concluded else { return }
        logger.info(
            "a workflow run ended",
            metadata: ["run": "\(id)", "workflow": "\(report.workflow)", "seconds": "\(latencySeconds)"])
        ended(report)
        for id in old { forget.yield(id) }
        wake()
    }
}
