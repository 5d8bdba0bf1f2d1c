/// Gives a function more CPU while its latency has degraded and the cluster has some, and less while the cluster has none.
///
/// Memory stays what the user defined. Functions whose calls are short ("edge-triggered") are looked at after three calls
/// and moved by two cores, the others ("massively parallel") after five and by one; in between a function keeps what it
/// has. ENSURE: Suresh et al., "Efficient Scheduling and Autonomous Resource Management in Serverless Environments" (ACSOS
/// 2020), with the constants under which Freyr (WWW 2022) is compared with it.
public struct ENSUREManager: ResourceManager {
    /// The amounts that it moves among.
    public let grid: AllocationGrid

    /// Calls that take longer than this on average make a function massively parallel.
    public static let shortSeconds = 5.0
    /// A mean of the newest calls this many times the least latency seen counts as degraded.
    public static let degradation = 1.10
    /// How many of the newest finished calls that mean is over, as far as there are so many.
    public static let window = 3

    /// How a kind of function is treated.
    public struct Class: Sendable, Hashable {
        /// How many decisions keep what the function has before the next one looks at it.
        public let patience: Int
        /// How many steps of the grid one decision moves.
        public let steps: Int

        /// Functions with short calls.
        public static let edgeTriggered = Self(patience: 3, steps: 2)
        /// Functions with long calls.
        public static let massivelyParallel = Self(patience: 5, steps: 1)
    }

    private var functions = FunctionTable(startingWith: State())

    private struct Completion: Sendable {
        var sequence = -1
        var seconds = 0.0
        var millicores = 0

        init() {}

        init(_ record: FinishedInvocation) {
            sequence = record.sequence
            seconds = record.completionSeconds
            millicores = record.allocated.millicores
        }
    }

    private struct State: Sendable {
        /// What the last decision wanted, in millicores; nil before the first.
        var millicores: Int?
        var kept = 0
        var finishedCount = 0
        var completionSeconds = 0.0
        var leastSeconds = Double.infinity
        /// The newest finished calls by arrival, newest first.
        var newest = (Completion(), Completion(), Completion())

        var meanSeconds: Double { finishedCount > 0 ? completionSeconds / Double(finishedCount) : 0 }

        /// Mean over the calls of the window that have finished.
        var recentSeconds: Double {
            let count = min(finishedCount, ENSUREManager.window)
            return (newest.0.seconds + newest.1.seconds + newest.2.seconds) / Double(count)
        }

        mutating func note(_ call: Completion) {
            finishedCount += 1
            completionSeconds += call.seconds
            leastSeconds = min(leastSeconds, call.seconds)
            if call.sequence > newest.0.sequence {
                newest = (call, newest.0, newest.1)
            } else if call.sequence > newest.1.sequence {
                newest = (newest.0, call, newest.1)
            } else if call.sequence > newest.2.sequence {
                newest.2 = call
            }
        }
    }

    /// A manager over `grid`.
    public init(grid: AllocationGrid = .published) {
        self.grid = grid
    }

    public mutating func decide(_ request: InvocationRequest, _ load: ClusterLoad) -> AllocationDecision {
        var state = functions[request.function]
        let present = state.millicores ?? request.user.millicores
        state.millicores = present
        let kind = state.meanSeconds > Self.shortSeconds ? Class.massivelyParallel : .edgeTriggered
        if state.kept < kind.patience {
            state.kept += 1
        } else {
            state.kept = 0
            if state.finishedCount > 0 {
                state.millicores = adjust(present, kind, state, load)
            }
        }
        functions[request.function] = state
        return AllocationDecision(
            Resources(millicores: state.millicores ?? present, mebibytes: request.user.mebibytes))
    }

    public mutating func finished(_ record: FinishedInvocation) {
        functions[record.function].note(Completion(record))
    }

    /// What follows from the newest finished calls: a move from what the newest of them had, or nothing new.
    private func adjust(_ present: Int, _ kind: Class, _ state: State, _ load: ClusterLoad) -> Int {
        let had = state.newest.0.millicores
        let change = kind.steps * grid.step.millicores
        guard load.free.millicores > change else {
            return max(had - change, min(had, grid.step.millicores))
        }
        let isDegraded = state.recentSeconds >= Self.degradation * state.leastSeconds
        return isDegraded ? min(had + change, max(had, grid.maximum.millicores)) : present
    }
}
