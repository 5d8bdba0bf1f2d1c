/// The name of one run of a workflow; never used again.
public struct RunID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The name itself.
    public let rawValue: String
    /// Takes any string.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// The name itself.
    public var description: String { rawValue }
}

/// One call that a run makes, retries included: the key under which a function, a queue worker and the run know it, so
/// that doing it twice can be told from doing two things.
public struct CallID: Hashable, Sendable, CustomStringConvertible {
    /// The run.
    public let run: RunID
    /// Counts the run's calls and repetitions from 0.
    public let number: Int

    /// Call `number` of `run`.
    public init(run: RunID, number: Int) {
        self.run = run
        self.number = number
    }

    /// As the header X-Call-Id has it.
    public var description: String { "\(run)-\(number)" }
}

/// One attempt at a call.
public struct CallAttempt: Hashable, Sendable {
    /// The call.
    public let call: CallID
    /// Counts its attempts from 1.
    public let attempt: Int

    /// Attempt number `attempt` at `call`.
    public init(_ call: CallID, attempt: Int) {
        self.call = call
        self.attempt = attempt
    }
}
