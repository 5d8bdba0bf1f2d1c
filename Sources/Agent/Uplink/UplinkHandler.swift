import Logging
import Measures
import Messaging
import Topology
import Wire

/// The uplink's socket thread: it samples when the time has come and moves messages between states and sockets. Node
/// number i has state and socket number i.
struct UplinkHandler<Source: SampleSource>: SocketLoopHandler {
    /// How soon a message is offered again that a socket did not take, for want of a connection.
    private static var retryNanoseconds: UInt64 { 100_000_000 }

    private var source: Source
    private var states: [UplinkState]
    private var observer: (any SampleObserver)?
    private let incarnation: UInt64
    private let beside: UplinkBeside
    private var interval: SamplingInterval
    private let budget: Double
    private let time: any TimeSource
    private let logger: Logger
    private var nextSampleAt: MonotonicInstant
    private var overruns: UInt64 = 0
    private var lastRefusals: [Refusal?]
    private let meter = ProcessMeter()
    private var ownCost: OwnCost

    init(
        source: Source, states: [UplinkState], incarnation: UInt64, observer: (any SampleObserver)?, beside: UplinkBeside,
        settings: UplinkSettings, time: any TimeSource, logger: Logger
    ) {
        self.source = source
        self.incarnation = incarnation
        self.beside = beside
        self.states = states
        self.observer = observer
        interval = SamplingInterval(
            configuredMilliseconds: settings.intervalMilliseconds, nodes: states.count, budget: settings.cpuBudget)
        self.time = time
        self.logger = logger
        nextSampleAt = time.now
        lastRefusals = Array(repeating: nil, count: states.count)
        budget = settings.cpuBudget
        ownCost = OwnCost(nodes: states.count)
    }

    mutating func receive(
        from message: borrowing ReceivedMessage, on socket: Int, in sockets: borrowing SocketSet
    ) throws {
        let envelope: CoordinatorEnvelope
        do throws(WireError) {
            envelope = try CoordinatorEnvelope(decoding: message.payload)
        } catch {
            logger.warning(
                "the coordinator sent what this agent cannot read",
                metadata: ["node": "\(states[socket].node)", "error": "\(error)"])
            return
        }
        switch envelope {
        case .stream(let reply):
            for event in states[socket].receive(reply, at: time.now) { try take(event, of: socket) }
        case .lease(let order):
            guard socket == UplinkBeside.socket, beside.onLease(order) else {
                logger.warning("an order about a lease is not carried out", metadata: ["lease": "\(order.id)"])
                return
            }
        }
    }

    private mutating func take(_ event: UplinkState.Event, of index: Int) throws {
        let state = states[index]
        switch event {
        case .connected:
            logger.info(
                "connected", metadata: ["node": "\(state.node)", "buffered_batches": "\(state.bufferedBatches)"])
            lastRefusals[index] = nil
        case .refused(let refusal):
            // One line per reason, not one per attempt.
            if refusal != lastRefusals[index] {
                logger.warning("refused by the coordinator: \(refusal.sentence)", metadata: ["node": "\(state.node)"])
            }
            lastRefusals[index] = refusal
        case .incompatible(let sentence):
            throw UplinkError(sentence)
        case .intervalOrdered(let milliseconds):
            let before = interval.milliseconds
            interval.order(milliseconds, by: index)
            guard interval.milliseconds != before else { return }
            logger.info(
                "the coordinator asks for another interval",
                metadata: ["node": "\(state.node)", "milliseconds": "\(interval.milliseconds)"])
            followInterval()
        }
    }

    /// Tells everybody that the interval has changed.
    private mutating func followInterval() {
        let milliseconds = interval.milliseconds
        source.setInterval(milliseconds: milliseconds)
        for index in states.indices { states[index].announce(intervalMilliseconds: milliseconds) }
        nextSampleAt = min(nextSampleAt, time.now.advanced(byNanoseconds: interval.nanoseconds))
    }

    mutating func tick(in sockets: borrowing SocketSet) throws -> Int? {
        if time.now >= nextSampleAt { try takeSample() }
        let now = time.now
        var wakeAt = nextSampleAt
        for report in beside.reports.takeAll() {
            // What finds no connection is lost: the next report comes within a second and says more.
            for envelope in report(incarnation, now) where try !sockets.send(envelope.encoded(), on: UplinkBeside.socket) {
                break
            }
        }
        for index in states.indices {
            while let message = states[index].nextMessage(at: now) {
                guard try sockets.send(message.encoded(), on: index) else {
                    wakeAt = min(wakeAt, now.advanced(byNanoseconds: Self.retryNanoseconds))
                    break
                }
                states[index].didSend(message, at: now)
            }
            if let deadline = states[index].deadline { wakeAt = min(wakeAt, deadline) }
        }
        return Int((wakeAt.nanoseconds(since: time.now) + 999_999) / 1_000_000)
    }

    private mutating func takeSample() throws {
        let takenAt = time.now
        let round = try source.sample()
        let process = meter.read(now: takenAt)
        let cpuShare = ownCost.share(of: process, at: takenAt)
        let readings = round.readings.enumerated().map { index, reading in
            let report = OwnCost.Report(
                process: process, cpuShare: cpuShare, intervalSeconds: Double(interval.milliseconds) / 1_000,
                tally: round.tally, overruns: overruns, droppedBatches: states[index].droppedBatches)
            return NodeReading(
                columns: ownCost.extend(reading.columns, of: index),
                sample: reading.sample.appending(OwnCost.values(of: report)))
        }
        for (index, reading) in readings.enumerated() {
            states[index].add(reading.sample, columns: reading.columns, takenAt: takenAt)
        }
        observer?.observe(readings, takenAt: takenAt)
        scheduleNextSample()
        if let change = interval.observe(cpuSeconds: process.cpuSeconds, at: takenAt) { follow(change) }
    }

    /// Says why the agent samples more or less often from now on, and does so.
    private mutating func follow(_ change: RateBudget.Change) {
        let metadata: Logger.Metadata = [
            "milliseconds": "\(interval.milliseconds)", "asked_milliseconds": "\(interval.askedMilliseconds)",
        ]
        switch change {
        case .lowered(let share):
            logger.warning(
                "sampling less often: the agent used \(Percent(share)) of a core, its budget is \(Percent(budget))",
                metadata: metadata)
        case .raised(let share):
            logger.info("sampling more often again: the agent used \(Percent(share)) of a core", metadata: metadata)
        }
        followInterval()
    }

    private mutating func scheduleNextSample() {
        // Ticks that were missed are skipped and counted, never made up for in a burst.
        nextSampleAt = nextSampleAt.advanced(byNanoseconds: interval.nanoseconds)
        let late = time.now.nanoseconds(since: nextSampleAt)
        if late > 0 {
            let missed = late / interval.nanoseconds + 1
            overruns += missed
            nextSampleAt = nextSampleAt.advanced(byNanoseconds: missed * interval.nanoseconds)
        }
    }

    mutating func end(in sockets: borrowing SocketSet) {
        source.close()
        observer?.close()
        for state in states {
            logger.info(
                "stopped",
                metadata: [
                    "node": "\(state.node)", "acknowledged_batches": "\(state.acknowledgedBatches)",
                    "unacknowledged_batches": "\(state.bufferedBatches)", "dropped_batches": "\(state.droppedBatches)",
                    "overruns": "\(overruns)",
                ])
        }
    }
}

/// A share as people read it, with two decimals.
private struct Percent: CustomStringConvertible {
    let description: String

    init(_ share: Double) {
        let hundredths = Int((min(max(share, 0), 1e6) * 10_000).rounded())
        description = "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) %"
    }
}
