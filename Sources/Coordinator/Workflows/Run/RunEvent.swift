/// Something that happened to a run.
public enum RunEvent: Hashable, Sendable {
    /// A function answered, as the answer to its request or by a callback.
    case answered(CallAttempt, FunctionAnswer)
    /// An attempt came to nothing before the function answered.
    case failed(CallAttempt, InvocationFailure)
    /// An instant that `nextDeadline` named has come.
    case timePassed
    /// Somebody wants the run to end; the reason is part of a sentence, such as "the operator cancelled it".
    case cancelled(reason: String)
}

/// What a run wants done.
public enum RunAction: Hashable, Sendable {
    /// Send this, and tell how it went.
    case invoke(Invocation)
    /// Nothing more: this is how the run ended. What is still under way need not go on.
    case finish(RunEnd)
}

/// How a run ended.
public enum RunEnd: Hashable, Sendable {
    /// With this output.
    case completed([UInt8])
    /// Because of something that a sentence tells.
    case failed(String)
    /// Because somebody wanted it to.
    case cancelled(String)
}

/// A request to a function.
public struct Invocation: Hashable, Sendable {
    /// Which attempt this is.
    public let attempt: CallAttempt
    /// What to call, and how.
    public let call: FunctionCall
    /// The body.
    public let input: [UInt8]

    /// A request as described.
    public init(attempt: CallAttempt, call: FunctionCall, input: [UInt8]) {
        self.attempt = attempt
        self.call = call
        self.input = input
    }
}

/// What a function answered.
public struct FunctionAnswer: Hashable, Sendable {
    /// The function's own status code.
    public let status: Int
    /// The body.
    public let body: [UInt8]
    /// Seconds that the function took by its watchdog's account (X-Duration-Seconds), if it gave one.
    public let functionSeconds: Double?

    /// An answer as described.
    public init(status: Int, body: [UInt8], functionSeconds: Double?) {
        self.status = status
        self.body = body
        self.functionSeconds = functionSeconds
    }

    /// What the header X-Duration-Seconds says; nil when it is no duration.
    static func seconds(_ text: String) -> Double? {
        guard let seconds = Double(text), seconds.isFinite, seconds >= 0 else { return nil }
        return seconds
    }
}

/// Why an attempt came to nothing before the function answered.
public struct InvocationFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Whether another attempt may fare better.
    public let isTransient: Bool
    /// What happened, as the end of a sentence that begins with the function.
    public let description: String

    /// A failure as described.
    public init(isTransient: Bool, _ description: String) {
        self.isTransient = isTransient
        self.description = description
    }
}
