import Measures

/// One step of one scope, and how far it is.
struct StepTask: Sendable {
    /// How far a step is.
    enum State: Sendable {
        /// Its predecessors have not all ended.
        case waiting
        case calling(Call)
        case repeating(Repetition)
        /// With its output.
        case done([UInt8])
        /// It was not taken.
        case passed
    }

    let step: WorkflowStep
    /// The scope it belongs to.
    let scope: Int
    /// How many of its predecessors have not ended.
    var missing: Int
    /// The tasks that wait for it.
    var successors: [Int] = []
    var state = State.waiting

    init(step: WorkflowStep, scope: Int, missing: Int) {
        self.step = step
        self.scope = scope
        self.missing = missing
    }

    /// When its call must be looked at.
    var wakeUp: MonotonicInstant? {
        guard case .calling(let call) = state else { return nil }
        return switch call.phase {
        case .sent(_, let deadline): deadline
        case .waiting(let retry): retry
        }
    }
}

/// A call that has no answer yet.
struct Call: Sendable {
    enum Phase: Sendable {
        case sent(at: MonotonicInstant, until: MonotonicInstant)
        /// The attempt failed; another will be made.
        case waiting(until: MonotonicInstant)
    }

    /// Which attempt was the last, from 1.
    var attempt: Int
    var phase: Phase
    let input: [UInt8]
}

/// A `foreach` under way.
struct Repetition: Sendable {
    private let elements: [JSONValue]
    private var begun = 0
    private var ended = 0
    private var outputs: [JSONValue]

    init(elements: [JSONValue]) {
        self.elements = elements
        outputs = Array(repeating: .null, count: elements.count)
    }

    /// The element to begin next and its number, or nil when all have begun.
    mutating func next() -> (number: Int, element: JSONValue)? {
        guard begun < elements.count else { return nil }
        begun += 1
        return (begun - 1, elements[begun - 1])
    }

    /// Element `number` has ended with `output`.
    mutating func end(_ number: Int, with output: JSONValue) {
        outputs[number] = output
        ended += 1
    }

    /// The outputs, in the order of the elements; nil while there are elements that have not ended.
    var output: JSONValue? { ended == elements.count ? .array(outputs) : nil }
}
