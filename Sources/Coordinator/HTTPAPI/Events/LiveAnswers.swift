import ControlAPI
import Measures
import Wire

/// The newest answers to what streams of events tell, shared by all streams, so that a topic is not asked for by each.
actor LiveAnswers {
    /// How old an answer may be that another stream has had already, in nanoseconds: half the shortest interval.
    static let freshNanoseconds: UInt64 = 100_000_000

    private let responder: any QueryResponder
    private let time: any TimeSource
    private var answers: [LiveTopic: (json: [UInt8]?, askedAt: MonotonicInstant)] = [:]

    /// Nothing has been asked yet.
    init(responder: any QueryResponder, time: any TimeSource) {
        self.responder = responder
        self.time = time
    }

    /// The answer about `topic` in JSON; nil where the coordinator has none, because the part is switched off or fails.
    func answer(_ topic: LiveTopic) async -> [UInt8]? {
        let now = time.now
        if let known = answers[topic], now.nanoseconds(since: known.askedAt) < Self.freshNanoseconds { return known.json }
        let outcome = await responder.answer(Query(id: 0, verb: topic.verb))
        let json: [UInt8]? = if case .json(let bytes) = outcome { bytes } else { nil }
        answers[topic] = (json, now)
        return json
    }
}
