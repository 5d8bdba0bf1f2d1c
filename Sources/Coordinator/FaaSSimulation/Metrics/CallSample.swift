internal import Harvesting
internal import Measures

/// A uniform sample of the calls of a run, of bounded size: for drawings, which could not show all of them apart.
///
/// Reservoir sampling (Vitter 1985, algorithm R): whatever the number of calls, each is as likely in the sample as any
/// other.
public struct CallSample: InvocationSink, Sendable {
    /// What is kept of a call.
    public struct Call: Sendable, Hashable {
        /// Place in the order of arrivals.
        public let sequence: Int
        /// The user's amount, and what the call was given at its start.
        public let userMillicores, userMebibytes, givenMillicores, givenMebibytes: Int
        /// Execution by execution with the user's amounts.
        public let relativeExecutionTime: Double
        /// Whether the safeguard had decided.
        public let isSafeguarded: Bool
    }

    /// The calls in the sample, in no order.
    public private(set) var calls: [Call] = []
    /// How many calls there were.
    public private(set) var seen = 0
    private let size: Int
    private var random: SeededRandom

    /// A sample of at most `size` calls.
    public init(size: Int, seed: UInt64) {
        self.size = size
        random = SeededRandom(seed: seed, stream: "sample of calls")
    }

    public mutating func record(_ record: borrowing InvocationRecord) {
        seen += 1
        guard calls.count >= size else {
            calls.append(Call(record.finished))
            return
        }
        let place = random.index(below: seen)
        if place < size { calls[place] = Call(record.finished) }
    }
}

extension CallSample.Call {
    fileprivate init(_ finished: FinishedInvocation) {
        sequence = finished.sequence
        userMillicores = finished.user.millicores
        userMebibytes = finished.user.mebibytes
        givenMillicores = finished.allocated.millicores
        givenMebibytes = finished.allocated.mebibytes
        relativeExecutionTime = finished.relativeExecutionTime
        isSafeguarded = finished.safeguarded
    }
}
