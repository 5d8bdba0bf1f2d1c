import KernelFiles
import Registers

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// What control registers held before they were claimed.
struct SavedControls: Hashable, Sendable {
    /// A set of model-specific registers: those of one CPU that serve one purpose.
    struct Place: Hashable, Sendable, Comparable {
        let cpu: Int
        /// A word that tells programmes on the same CPU apart, such as "core".
        let purpose: String

        static func < (left: Self, right: Self) -> Bool {
            (left.cpu, left.purpose) < (right.cpu, right.purpose)
        }
    }

    var registers: [Place: SavedClaim] = [:]
    /// Monitors of memory channels, by the path of their configuration space.
    var channels: [String: MemoryChannel.Saved] = [:]

    var isEmpty: Bool { registers.isEmpty && channels.isEmpty }
}

/// The file that keeps what the control registers held before they were claimed, one line per claim, numbers in
/// hexadecimal. An agent writes it before it writes a register and removes it when everything is put back; the next start
/// after a kill finds it and puts back what it says.
struct ClaimRecord: Sendable {
    let path: String

    /// What was kept; lines that cannot be understood are left out, and so is a file that is missing.
    func load() -> SavedControls {
        var controls = SavedControls()
        for line in (KernelText.contents(path) ?? "").split(separator: "\n") {
            var words = WordReader(line)
            switch words.next() {
            case "msr":
                guard let cpu = words.next().flatMap({ Int($0) }), let purpose = words.next(),
                    let claim = SavedClaim(reading: &words)
                else { continue }
                controls.registers[SavedControls.Place(cpu: cpu, purpose: String(purpose))] = claim
            case "pci":
                guard let box = words.number32(), let first = words.number32(), let second = words.number32() else { continue }
                controls.channels[words.rest] = MemoryChannel.Saved(box: box, first: first, second: second)
            default: continue
            }
        }
        return controls
    }

    /// Replaces the file in one step, so that a reader finds the old lines or the new ones, and both survive a power
    /// loss; throws naming the path.
    func store(_ controls: SavedControls) throws(CounterError) {
        var text = ""
        for (place, claim) in controls.registers.sorted(by: { $0.key < $1.key }) {
            text += "msr \(place.cpu) \(place.purpose)\(claim.words)\n"
        }
        for (path, saved) in controls.channels.sorted(by: { $0.key < $1.key }) {
            text += "pci \(hexadecimal(saved.box)) \(hexadecimal(saved.first)) \(hexadecimal(saved.second)) \(path)\n"
        }
        let temporary = path + ".new"
        guard let file = fopen(temporary, "we") else { throw failure(temporary) }
        let isWritten = fputs(text, file) >= 0 && fflush(file) == 0 && fsync(fileno(file)) == 0
        guard fclose(file) == 0, isWritten, rename(temporary, path) == 0 else { throw failure(path) }
    }

    /// Removes the file: there is nothing left to put back.
    func remove() { unlink(path) }

    private func failure(_ path: String) -> CounterError {
        CounterError(
            "cannot write the record of claimed counters \(path): \(String(cString: strerror(errno))); name a file in a"
                + " writable folder")
    }
}

private func hexadecimal(_ number: some BinaryInteger) -> String { String(number, radix: 16) }

extension SavedClaim {
    /// The gate and what it held, "-" without one, then each setting's register, mask, value, gate bits and what it held.
    fileprivate var words: String {
        var words = programme.gate.map { [hexadecimal($0.rawValue), hexadecimal(saved[$0] ?? 0)] } ?? ["-"]
        for setting in programme.settings {
            words += [hexadecimal(setting.register.rawValue)]
            words += [setting.mask, setting.value, setting.gateBits, saved[setting.register] ?? 0].map { hexadecimal($0) }
        }
        return words.map { " " + $0 }.joined()
    }

    fileprivate init?(reading words: inout WordReader) {
        var saved: [RegisterAddress: UInt64] = [:]
        var gate: RegisterAddress?
        if words.peek == "-" {
            _ = words.next()
        } else {
            guard let register = words.number32(), let held = words.number() else { return nil }
            gate = RegisterAddress(register)
            saved[RegisterAddress(register)] = held
        }
        var settings: [ControlSetting] = []
        while words.peek != nil {
            guard let register = words.number32(), let mask = words.number(), let value = words.number(),
                let gateBits = words.number(), let held = words.number()
            else { return nil }
            let address = RegisterAddress(register)
            settings.append(ControlSetting(address, mask: mask, value: value, gateBits: gateBits))
            saved[address] = held
        }
        guard !settings.isEmpty else { return nil }
        self.init(programme: CounterProgramme(settings: settings, gate: gate), saved: saved)
    }
}

/// Takes a line apart word by word.
private struct WordReader {
    private var words: ArraySlice<Substring>

    init(_ line: Substring) { words = line.split(separator: " ")[...] }

    var peek: Substring? { words.first }
    /// What has not been taken yet.
    var rest: String { words.joined(separator: " ") }

    mutating func next() -> Substring? { words.popFirst() }
    mutating func number() -> UInt64? { next().flatMap { UInt64($0, radix: 16) } }
    mutating func number32() -> UInt32? { next().flatMap { UInt32($0, radix: 16) } }
}
