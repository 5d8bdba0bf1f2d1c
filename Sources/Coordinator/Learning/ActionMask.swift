/// Which of a fixed number of actions are allowed in a state.
///
/// Up to 64 actions need no memory beyond the value itself.
public struct ActionMask: Sendable, Hashable {
    /// How many actions there are, allowed or not.
    public let actionCount: Int
    private var first: UInt64
    /// Actions 64 and above, 64 to a word.
    private var rest: [UInt64]

    /// A mask over `actionCount` actions, none of them allowed; `actionCount` must be positive.
    public init(actionCount: Int) {
        precondition(actionCount > 0, "an action mask covers at least one action")
        self.actionCount = actionCount
        first = 0
        rest = actionCount > 64 ? Array(repeating: 0, count: Self.wordCount(actionCount) - 1) : []
    }

    /// A mask over as many actions as `allowed` has elements, which must be at least one.
    public init(allowed: [Bool]) {
        self.init(actionCount: allowed.count)
        for action in allowed.indices where allowed[action] { self[action] = true }
    }

    /// A mask over 64 actions that allows those whose bits are set.
    public init(bits: UInt64) {
        actionCount = 64
        first = bits
        rest = []
    }

    /// A mask that allows all of `actionCount` actions.
    public static func all(_ actionCount: Int) -> ActionMask {
        ActionMask(allowed: Array(repeating: true, count: actionCount))
    }

    /// Whether `action` is allowed; it must lie in 0 ..< `actionCount`.
    public subscript(action: Int) -> Bool {
        get {
            precondition(action >= 0 && action < actionCount, "action outside of the mask")
            return word(action >> 6) >> UInt64(action & 63) & 1 == 1
        }
        set {
            precondition(action >= 0 && action < actionCount, "action outside of the mask")
            let bit = UInt64(1) << UInt64(action & 63)
            var changed = word(action >> 6)
            changed = newValue ? changed | bit : changed & ~bit
            setWord(action >> 6, changed)
        }
    }

    /// Whether no action is allowed, which marks a terminal state.
    public var isEmpty: Bool { first == 0 && rest.allSatisfy { $0 == 0 } }

    /// How many actions are allowed.
    public var count: Int { rest.reduce(first.nonzeroBitCount) { $0 + $1.nonzeroBitCount } }

    /// The allowed action that has `rank` allowed ones before it; `rank` must lie in 0 ..< `count`.
    func allowedAction(rank: Int) -> Int {
        var remaining = rank
        for index in 0..<Self.wordCount(actionCount) {
            var bits = word(index)
            guard remaining < bits.nonzeroBitCount else {
                remaining -= bits.nonzeroBitCount
                continue
            }
            for _ in 0..<remaining { bits &= bits - 1 }
            return index << 6 + bits.trailingZeroBitCount
        }
        preconditionFailure("rank beyond the number of allowed actions")
    }

    // MARK: As words, for the replay buffer

    static func wordCount(_ actionCount: Int) -> Int { (actionCount + 63) >> 6 }

    func word(_ index: Int) -> UInt64 { index == 0 ? first : rest[index - 1] }

    private mutating func setWord(_ index: Int, _ value: UInt64) {
        if index == 0 { first = value } else { rest[index - 1] = value }
    }
}
