public import Topology

/// One step of a workflow: what it waits for, whether it is taken, and what it does.
public struct WorkflowStep: Hashable, Sendable {
    /// What a step does.
    public enum Work: Hashable, Sendable {
        /// Calls a function once, retries aside.
        case call(FunctionCall)
        /// Goes through steps of its own once for every element of an array.
        case forEach(ForEach)
    }

    /// The step's name.
    public let id: StepID
    /// The steps that must have ended before this one begins, and whose outputs are its input: the output itself of a
    /// single one, of several an object with one member per step that was taken. None: the input of the workflow, or
    /// the element that the surrounding `foreach` is at.
    public let predecessors: [StepID]
    /// Whether the step is taken, judged by its input; nil: it is. A step that is not taken has no output, and what
    /// waits for nothing but such steps is not taken either.
    public let condition: StepCondition?
    /// What it does.
    public let work: Work

    /// A step as described.
    public init(id: StepID, after predecessors: [StepID] = [], when condition: StepCondition? = nil, work: Work) {
        self.id = id
        self.predecessors = predecessors
        self.condition = condition
        self.work = work
    }
}

/// How a step calls its function.
public struct FunctionCall: Hashable, Sendable {
    /// How the answer comes back.
    public enum Mode: String, Hashable, Sendable, CaseIterable {
        /// As the answer to the request.
        case synchronous = "sync"
        /// By a callback from the queue worker; the request is only queued.
        case asynchronous = "async"
    }

    /// Nanoseconds for one attempt unless told otherwise: the gateway's own upstream_timeout.
    public static let defaultTimeoutNanoseconds: UInt64 = 60_000_000_000
    /// Nanoseconds before the first repetition unless told otherwise.
    public static let defaultRetryDelayNanoseconds: UInt64 = 500_000_000
    /// The most nanoseconds between two attempts, however many there were.
    public static let maximumRetryDelayNanoseconds: UInt64 = 30_000_000_000

    /// The function.
    public let function: FunctionName
    /// How the answer comes back.
    public let mode: Mode
    /// Nanoseconds that one attempt may take, queueing included.
    public let timeoutNanoseconds: UInt64
    /// How often a failed attempt is repeated.
    public let retries: Int
    /// Nanoseconds before the first repetition; twice as long before each further one.
    public let retryDelayNanoseconds: UInt64

    /// A call as described.
    public init(
        function: FunctionName, mode: Mode = .synchronous,
        timeoutNanoseconds: UInt64 = FunctionCall.defaultTimeoutNanoseconds, retries: Int = 0,
        retryDelayNanoseconds: UInt64 = FunctionCall.defaultRetryDelayNanoseconds
    ) {
        self.function = function
        self.mode = mode
        self.timeoutNanoseconds = timeoutNanoseconds
        self.retries = retries
        self.retryDelayNanoseconds = retryDelayNanoseconds
    }

    /// Nanoseconds to wait after attempt number `attempt`, counted from 1, has failed.
    func delayNanoseconds(after attempt: Int) -> UInt64 {
        let factor: UInt64 = 1 << UInt64(min(attempt - 1, 32))
        let (delay, overflow) = retryDelayNanoseconds.multipliedReportingOverflow(by: factor)
        return overflow ? Self.maximumRetryDelayNanoseconds : min(delay, Self.maximumRetryDelayNanoseconds)
    }
}

/// Steps that are gone through once for every element of an array. The output is the array of their outputs, in the
/// order of the elements.
public struct ForEach: Hashable, Sendable {
    /// How many elements are under way at once unless told otherwise: the queue workers of the largest published
    /// set-up.
    public static let defaultWidth = 16

    /// Where in the step's input the array is; the empty pointer is the input itself.
    public let items: JSONPointer
    /// How many elements may be under way at once.
    public let width: Int
    /// The steps, in no particular order.
    public let steps: [WorkflowStep]

    /// A repetition as described.
    public init(items: JSONPointer, width: Int = ForEach.defaultWidth, steps: [WorkflowStep]) {
        self.items = items
        self.width = width
        self.steps = steps
    }
}
