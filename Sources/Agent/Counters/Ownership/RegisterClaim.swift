import Registers

/// A control register, or the part of it, that a programme sets.
struct ControlSetting: Hashable, Sendable {
    let register: RegisterAddress
    /// The bits that are the programme's; the others are kept as they are found.
    let mask: UInt64
    /// What those bits are set to.
    let value: UInt64
    /// The bits of the programme's gate that let what this register controls count.
    let gateBits: UInt64

    /// The setting of `register` as a whole, or of the bits in `mask`.
    init(_ register: RegisterAddress, mask: UInt64 = .max, value: UInt64, gateBits: UInt64 = 0) {
        self.register = register
        self.mask = mask
        self.value = value
        self.gateBits = gateBits
    }
}

/// What has to be written to make a file of registers count.
struct CounterProgramme: Hashable, Sendable {
    /// The controls, in the order in which they are written.
    var settings: [ControlSetting]
    /// The register that enables counters by one bit each, which is written first and last; nil where there is none.
    var gate: RegisterAddress?
    /// The register that clears overflow flags by ones, nil where there is none. Nothing is to be restored in it.
    var overflowClear: RegisterAddress?

    /// The bits of the gate that the programme needs.
    var gateBits: UInt64 { settings.reduce(0) { $0 | $1.gateBits } }

    /// The registers that the programme writes and that have to be put back.
    var controls: [RegisterAddress] { settings.map(\.register) + [gate].compactMap { $0 } }

    /// Whether the registers hold what the programme sets, the gate aside.
    func isHeld(by registers: any RegisterFile) throws(RegisterError) -> Bool {
        for setting in settings where try registers.read(setting.register) & setting.mask != setting.value {
            return false
        }
        return true
    }
}

/// A programme, and what its controls held before it was started.
struct SavedClaim: Hashable, Sendable {
    let programme: CounterProgramme
    /// By register: that of every setting, and the gate.
    let saved: [RegisterAddress: UInt64]
}

/// The programming of one file of registers: found, claimed, verified, put back.
///
/// The sequence follows Intel PCM, with a stricter etiquette: everything written is saved first, bits of other counters
/// are kept, nothing is frozen or zeroed, and neither interrupts nor any-thread counting are ever switched on.
struct RegisterClaim {
    let registers: any RegisterFile
    let claimed: SavedClaim

    private var programme: CounterProgramme { claimed.programme }
    private var saved: [RegisterAddress: UInt64] { claimed.saved }

    /// Reads what the control registers hold, so that it can be put back. Where they already hold this very programme, an
    /// agent that was killed and kept no record left them so, and they count as having been off.
    init(surveying registers: any RegisterFile, for programme: CounterProgramme) throws(RegisterError) {
        self.registers = registers
        var found: [RegisterAddress: UInt64] = [:]
        for register in programme.controls { found[register] = try registers.read(register) }
        if try programme.isHeld(by: registers) {
            for setting in programme.settings { found[setting.register]? &= ~setting.mask }
            if let gate = programme.gate { found[gate]? &= ~programme.gateBits }
        }
        claimed = SavedClaim(programme: programme, saved: found)
    }

    /// What an agent that was killed had claimed of `registers`, to be released.
    init(left claimed: SavedClaim, in registers: any RegisterFile) {
        self.registers = registers
        self.claimed = claimed
    }

    /// Starts the programme. When a write fails or is not kept, what was written is put back before the error is thrown.
    func start() throws(RegisterError) {
        do throws(RegisterError) {
            try program()
            if let swallowed = try firstNotHeld() {
                throw RegisterError(
                    operation: .write, path: registers.name, address: swallowed.rawValue, failure: .notKept)
            }
        } catch {
            release()
            throw error
        }
    }

    private func program() throws(RegisterError) {
        let (gate, bits) = (programme.gate, programme.gateBits)
        let enabled = try gate.map { register throws(RegisterError) in try registers.read(register) } ?? 0
        if let gate { try registers.write(enabled & ~bits, to: gate) }
        for setting in programme.settings {
            let kept = setting.mask == .max ? 0 : try registers.read(setting.register) & ~setting.mask
            try registers.write(kept | setting.value, to: setting.register)
        }
        if let clear = programme.overflowClear { try registers.write(bits, to: clear) }
        if let gate { try registers.write(enabled | bits, to: gate) }
    }

    private func firstNotHeld() throws(RegisterError) -> RegisterAddress? {
        for setting in programme.settings where try registers.read(setting.register) & setting.mask != setting.value {
            return setting.register
        }
        guard let gate = programme.gate else { return nil }
        return try registers.read(gate) & programme.gateBits == programme.gateBits ? nil : gate
    }

    /// Whether the counters still run as programmed: somebody else who uses them writes other values.
    func isIntact() -> Bool {
        do {
            return try firstNotHeld() == nil
        } catch {
            return false
        }
    }

    /// Puts back what was saved, register by register, leaving alone those that no longer hold what `start` wrote, their
    /// enable bits too: they are another owner's by now.
    func release() {
        let own = programme.settings.filter { setting in
            (try? registers.read(setting.register)).map { $0 & setting.mask } == setting.value
        }
        let bits = own.reduce(0) { $0 | $1.gateBits }
        if let gate = programme.gate, let before = saved[gate], let enabled = try? registers.read(gate) {
            try? registers.write(enabled & ~bits | before & bits, to: gate)
        }
        for setting in own {
            guard let before = saved[setting.register], let now = try? registers.read(setting.register) else { continue }
            try? registers.write(now & ~setting.mask | before & setting.mask, to: setting.register)
        }
    }
}
