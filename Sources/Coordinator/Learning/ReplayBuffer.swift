#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif
internal import Measures

/// A ring of transitions that are drawn uniformly with replacement (Mnih et al., Nature 518, 2015).
///
/// The memory is reserved at once and touched slot by slot, so that a million empty slots cost address space only.
/// Unsafe by design; the invariants: `slots` is valid for `capacity * layout.stride` bytes as long as the object
/// lives, slots 0 ..< `count` hold transitions, and one thread at a time reaches them because the owner is not
/// Sendable.
final class ReplayBuffer {
    let layout: TransitionLayout
    let capacity: Int
    /// The slot that is written next.
    private(set) var position = 0
    /// Whether the ring has wrapped, so that every slot holds a transition.
    private(set) var isFull = false
    private let slots: UnsafeMutableRawPointer
    private let byteCount: Int

    /// An empty ring; throws `LearningError` of code `invalidParameter` when the system has not that much address
    /// space.
    init(layout: TransitionLayout, capacity: Int) throws(LearningError) {
        self.layout = layout
        self.capacity = capacity
        byteCount = capacity * layout.stride
        // Without MAP_NORESERVE a strict overcommit setting would charge the empty slots too.
        guard
            let memory = mmap(
                nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
            memory != MAP_FAILED
        else {
            throw LearningError(
                .invalidParameter,
                "A replay buffer of \(capacity) slots needs \(byteCount) bytes, which the system refuses"
                    + " (errno \(errno)); choose a smaller bufferSize.")
        }
        slots = memory
    }

    deinit { munmap(slots, byteCount) }

    /// How many transitions are held.
    var count: Int { isFull ? capacity : position }

    /// Writes `transition` over the oldest one. Sizes must fit the layout.
    func add(_ transition: Transition) {
        let width = layout.observationCount
        precondition(transition.observation.count == width, "an observation of the learner's size")
        precondition(transition.nextObservation.count == width, "a next observation of the learner's size")
        precondition(transition.nextAllowed.actionCount == layout.actionCount, "a mask of the learner's size")
        precondition(transition.action >= 0 && transition.action < layout.actionCount, "an action the learner has")
        let slot = slots + position * layout.stride
        for word in 0..<layout.maskWords {
            slot.storeBytes(of: transition.nextAllowed.word(word), toByteOffset: word * 8, as: UInt64.self)
        }
        let flags =
            (transition.isTerminal ? TransitionLayout.terminalFlag : 0)
            | (transition.isTimeout ? TransitionLayout.timeoutFlag : 0)
        slot.storeBytes(of: Float(transition.reward), toByteOffset: layout.reward, as: Float.self)
        slot.storeBytes(of: Int32(transition.action), toByteOffset: layout.action, as: Int32.self)
        slot.storeBytes(of: flags, toByteOffset: layout.flags, as: UInt32.self)
        // An observation has at least one float, so there is an address.
        let bytes = width * 4
        transition.observation.withUnsafeBytes {
            (slot + layout.observation).copyMemory(from: $0.baseAddress!, byteCount: bytes)
        }
        transition.nextObservation.withUnsafeBytes {
            (slot + layout.nextObservation).copyMemory(from: $0.baseAddress!, byteCount: bytes)
        }
        position += 1
        if position == capacity {
            position = 0
            isFull = true
        }
    }

    /// Fills `minibatch` with transitions drawn uniformly with replacement; there must be at least one. Fewer
    /// transitions than the batch has rows give repeats, as in Stable-Baselines3.
    func sample(into minibatch: Minibatch, random: inout SeededRandom) {
        let held = count
        for row in 0..<minibatch.rows {
            minibatch.fill(row: row, from: UnsafeRawPointer(slots + random.index(below: held) * layout.stride))
        }
    }

    // MARK: For checkpoints

    /// The bytes of the slots that hold transitions.
    var contents: [UInt8] { Array(UnsafeRawBufferPointer(start: slots, count: count * layout.stride)) }

    /// Whether every slot of `contents` holds a transition that training can use.
    static func isValid(_ contents: [UInt8], layout: TransitionLayout) -> Bool {
        guard contents.count % layout.stride == 0 else { return false }
        // Arrays of bytes start at 16-byte boundaries, and the stride is a multiple of 8, so the loads are aligned.
        return contents.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return true }
            return stride(from: 0, to: bytes.count, by: layout.stride).allSatisfy { layout.isValid(base + $0) }
        }
    }

    /// Takes over `contents`, which must be valid and belong to `position` and `isFull`.
    func restore(_ contents: [UInt8], position: Int, isFull: Bool) {
        precondition(
            contents.count == (isFull ? capacity : position) * layout.stride && position < capacity, "fitting contents")
        contents.withUnsafeBytes { UnsafeMutableRawBufferPointer(start: slots, count: byteCount).copyMemory(from: $0) }
        self.position = position
        self.isFull = isFull
    }
}
