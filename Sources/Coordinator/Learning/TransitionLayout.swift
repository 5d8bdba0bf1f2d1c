/// How one transition lies in a slot of the replay buffer, so that sampling it touches one place in memory:
///
///     mask of the next state   8 bytes per 64 actions
///     reward                   Float
///     action                   Int32
///     flags                    UInt32: bit 0 terminal, bit 1 timeout
///     observation              Float each
///     next observation         Float each
///
/// in the machine's byte order, padded to a multiple of 8 bytes.
struct TransitionLayout: Hashable, Sendable {
    let observationCount, actionCount: Int

    var maskWords: Int { ActionMask.wordCount(actionCount) }
    var reward: Int { maskWords * 8 }
    var action: Int { reward + 4 }
    var flags: Int { reward + 8 }
    var observation: Int { reward + 12 }
    var nextObservation: Int { observation + observationCount * 4 }
    var stride: Int { (nextObservation + observationCount * 4 + 7) & ~7 }

    static let terminalFlag: UInt32 = 1
    static let timeoutFlag: UInt32 = 2

    /// Whether the slot at `slot` holds a transition that training can use: bytes read from a file might not.
    func isValid(_ slot: UnsafeRawPointer) -> Bool {
        let flags = slot.load(fromByteOffset: flags, as: UInt32.self)
        let lastWord = slot.load(fromByteOffset: (maskWords - 1) * 8, as: UInt64.self)
        let usedBits = actionCount - (maskWords - 1) * 64
        let unused = usedBits == 64 ? 0 : lastWord >> UInt64(usedBits)
        let action = slot.load(fromByteOffset: action, as: Int32.self)
        return action >= 0 && action < actionCount && flags <= 3 && unused == 0
    }
}
