/// Which worker each outstanding token belongs to.
struct TokenTable: Sendable {
    private struct Slot: Sendable {
        var generation: UInt64
        var holder: WorkerID?
    }

    private var slots: [Slot] = []
    private var free: [Int] = []

    /// A token that was never given before.
    mutating func issue(to worker: WorkerID) -> RequestToken {
        guard let slot = free.popLast() else {
            slots.append(Slot(generation: 0, holder: worker))
            return RequestToken(slot: slots.count - 1, generation: 0)
        }
        slots[slot].generation += 1
        slots[slot].holder = worker
        return RequestToken(slot: slot, generation: slots[slot].generation)
    }

    /// Takes `token` back and says whose it was; nil when it is not outstanding.
    mutating func redeem(_ token: RequestToken) -> WorkerID? {
        guard slots.indices.contains(token.slot), slots[token.slot].generation == token.generation,
            let holder = slots[token.slot].holder
        else { return nil }
        slots[token.slot].holder = nil
        free.append(token.slot)
        return holder
    }
}
