// What comes of a request, in the words of those who are told: the client, the balancer, the metrics.

import Routing
extension Exchange.Failure {
    /// The connection ended without a word.
    var isBreak: Bool {
        if case .brokeOff = self { true } else { false }
    }

    /// What the client is told.
    var answer: (answer: OwnAnswer, reason: RefusalReason) {
        switch self {
        case .noConnection(let reason):
            (OwnAnswer(status: 502, sentence: "the worker could not be reached: \(reason)"), .workerFailed)
        case .brokeOff(let reason):
            (OwnAnswer(status: 502, sentence: "the worker broke off before its answer: \(reason)"), .workerFailed)
        case .timeout: (OwnAnswer(status: 504, sentence: "the worker did not answer in time"), .workerTimeout)
        case .badAnswer(let sentence):
            (OwnAnswer(status: 502, sentence: "the worker's answer cannot be read: \(sentence)"), .badAnswer)
        }
    }
}

extension Refusal.Reason {
    var refusal: RefusalReason {
        switch self {
        case .noWorkers: .noWorkers
        case .noneInService: .noneInService
        case .queueFull: .queueFull
        case .waitedTooLong: .waitedTooLong
        }
    }
}

extension RequestOutcome {
    /// What an answer's head says of the worker and the function.
    init(_ head: ResponseHead, _ octets: Span<UInt8>) {
        let retryAfter = head.fields.all.first { $0.kind == .retryAfter }
        if head.status == 429 || (head.status == 503 && retryAfter != nil) {
            let seconds = retryAfter.flatMap { Double(octets.text(in: $0.value)) }
            self = .full(retryAfterSeconds: seconds.flatMap { $0 > 0 && $0.isFinite ? min($0, 3_600) : nil })
        } else {
            self = head.status >= 500 ? .functionFailed : .succeeded
        }
    }
}
