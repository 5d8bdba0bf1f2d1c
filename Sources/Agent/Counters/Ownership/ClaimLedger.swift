import Registers

/// The record of claims while an agent runs: first it puts back what a killed agent left, then each source notes what it
/// claims before it writes.
final class ClaimLedger {
    private let record: ClaimRecord?
    private var claimed = SavedControls()

    /// Keeps nothing where `record` is nil. Throws when the record cannot be written: to notice that only when it is
    /// needed would be too late.
    init(_ record: ClaimRecord?) throws(CounterError) {
        self.record = record
        try record?.store(record?.load() ?? SavedControls())
    }

    /// Puts back what a killed agent left, as far as the registers still hold what it wrote. `open` opens the registers
    /// of a CPU. What cannot be opened any more, such as those of a CPU that is offline, has lost its programming anyway.
    func repair(open: (Int) throws(RegisterError) -> any RegisterFile) {
        guard let left = record?.load(), !left.isEmpty else { return }
        for (place, claim) in left.registers {
            guard let registers = try? open(place.cpu) else { continue }
            RegisterClaim(left: claim, in: registers).release()
        }
        for (path, saved) in left.channels {
            guard let space = try? FileConfigurationSpace(path: path) else { continue }
            MemoryChannel(left: saved, in: space).release()
        }
        try? record?.store(SavedControls())
    }

    /// Keeps what a CPU's controls held. That the record can be written was proven at the start; a disk that fills up
    /// meanwhile costs only the repair after a kill, so claiming goes on.
    func note(_ claims: [SavedControls.Place: SavedClaim]) {
        claimed.registers.merge(claims) { _, new in new }
        try? record?.store(claimed)
    }

    /// What was found when `place` was claimed last, nil when it was not since the start. Putting it back may have failed.
    func claim(of place: SavedControls.Place) -> SavedClaim? { claimed.registers[place] }

    /// What was found when the monitor of a memory channel was claimed last, by the path of its configuration space.
    func claim(ofChannel path: String) -> MemoryChannel.Saved? { claimed.channels[path] }

    /// Keeps what the monitors of memory channels held, by the path of their configuration space.
    func note(_ channels: [String: MemoryChannel.Saved]) {
        claimed.channels.merge(channels) { _, new in new }
        try? record?.store(claimed)
    }

    /// Forgets everything: it was put back.
    func clear() {
        claimed = SavedControls()
        record?.remove()
    }
}
