import Registers

/// The monitor of one memory channel: counters 0 and 1 count what is read and written.
struct MemoryChannel {
    /// What the controls held before they were claimed.
    struct Saved: Hashable, Sendable {
        var box, first, second: UInt32
    }

    private static let events = [MemoryControllerPMON.readEvent, MemoryControllerPMON.writeEvent]

    let space: any ConfigurationSpace
    let saved: Saved

    /// Whether somebody else counts on the channel; throws when it cannot be read.
    static func isInUse(_ space: any ConfigurationSpace) throws(RegisterError) -> Bool {
        if try holdsPlan(space) { return false }
        for index in 0..<MemoryControllerPMON.counters {
            let control = try space.read(at: MemoryControllerPMON.control(index))
            if control & MemoryControllerPMON.counterEnable != 0, control & 0xFF != 0 { return true }
        }
        return false
    }

    /// Reads what the controls hold, so that it can be put back. A channel that already counts what is wanted was left so
    /// by an agent that was killed and kept no record; its controls count as having been off.
    init(surveying space: any ConfigurationSpace) throws(RegisterError) {
        self.space = space
        let isLeftOver = try Self.holdsPlan(space)
        saved = Saved(
            box: try space.read(at: MemoryControllerPMON.boxControl),
            first: isLeftOver ? 0 : try space.read(at: MemoryControllerPMON.control(0)),
            second: isLeftOver ? 0 : try space.read(at: MemoryControllerPMON.control(1)))
    }

    /// What an agent that was killed had claimed of `space`, to be released.
    init(left saved: Saved, in space: any ConfigurationSpace) {
        self.space = space
        self.saved = saved
    }

    /// Starts counting, in the order that Intel PCM uses. When a write fails, what was written is put back before the
    /// error is thrown.
    func start(_ generation: ProcessorGeneration) throws(RegisterError) {
        do {
            try program(running: MemoryControllerPMON.running(generation))
        } catch {
            release()
            throw error
        }
    }

    private func program(running: UInt32) throws(RegisterError) {
        let frozen = running | MemoryControllerPMON.freeze
        try space.write(running, at: MemoryControllerPMON.boxControl)
        try space.write(frozen, at: MemoryControllerPMON.boxControl)
        for (index, event) in Self.events.enumerated() {
            try space.write(MemoryControllerPMON.counterEnable, at: MemoryControllerPMON.control(index))
            try space.write(MemoryControllerPMON.encoding(event), at: MemoryControllerPMON.control(index))
        }
        try space.write(running, at: MemoryControllerPMON.boxControl)
    }

    /// Bursts read and written so far, each modulo 2^48.
    func read() throws(RegisterError) -> (reads: UInt64, writes: UInt64) {
        (
            try space.readCounter(at: MemoryControllerPMON.counter(0)),
            try space.readCounter(at: MemoryControllerPMON.counter(1))
        )
    }

    /// Whether the channel still counts what it was told to, and is not frozen.
    func isIntact() -> Bool {
        guard (try? Self.holdsPlan(space)) == true,
            let box = try? space.read(at: MemoryControllerPMON.boxControl)
        else { return false }
        return box & MemoryControllerPMON.freeze == 0
    }

    /// Puts the controls back, except those that somebody else has taken over; the box goes on for their sake then.
    func release() {
        var isOwn = true
        for (index, event) in Self.events.enumerated() {
            let offset = MemoryControllerPMON.control(index)
            let before = index == 0 ? saved.first : saved.second
            switch try? space.read(at: offset) {
            case MemoryControllerPMON.encoding(event), MemoryControllerPMON.counterEnable:
                try? space.write(before, at: offset)
            case before: break
            default: isOwn = false
            }
        }
        if isOwn { try? space.write(saved.box, at: MemoryControllerPMON.boxControl) }
    }

    private static func holdsPlan(_ space: any ConfigurationSpace) throws(RegisterError) -> Bool {
        for (index, event) in events.enumerated()
        where try space.read(at: MemoryControllerPMON.control(index)) != MemoryControllerPMON.encoding(event) {
            return false
        }
        return true
    }
}
