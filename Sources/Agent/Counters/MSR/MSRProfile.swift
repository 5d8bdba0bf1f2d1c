import Registers

/// What the msr device of one kind of processor offers: the programme of its core counters, and registers that count by
/// themselves.
struct MSRProfile: Sendable {
    /// A register that needs no programming.
    struct FreeRegister: Hashable, Sendable {
        let quantity: Quantity
        let register: RegisterAddress
        let kind: CounterKind
        let decoding: Decoding

        init(
            _ quantity: Quantity, _ register: RegisterAddress, kind: CounterKind = CounterKind(width: .bits64),
            decoding: Decoding = .asRead
        ) {
            self.quantity = quantity
            self.register = register
            self.kind = kind
            self.decoding = decoding
        }
    }

    /// How a register's bits become a value.
    enum Decoding: Hashable, Sendable {
        /// They are the value.
        case asRead
        /// They tell degrees below a limit (`ThermalReading`); the value is the temperature.
        case degreesBelow(limit: UInt64)

        /// The value, nil where the register says that it has none.
        @inline(__always)
        func value(of bits: UInt64) -> UInt64? {
            switch self {
            case .asRead: return bits
            case .degreesBelow(let limit):
                guard let below = ThermalReading.headroom(status: bits), below <= limit else { return nil }
                return limit - UInt64(below)
            }
        }
    }

    /// The core counters of a CPU by its kind of core; nil where none can be programmed.
    var core: @Sendable (CoreKind) -> (any CoreProgramme)?
    /// Why `core` gives none where it does.
    var coreAbsence = "this processor's core counters are not known"
    /// Registers of each logical CPU.
    var ofCPU: [FreeRegister]
    /// Registers that the logical CPUs of a physical core share.
    var ofCore: [FreeRegister]
    /// Registers of a package.
    var ofPackage: [FreeRegister]
    /// Why quantities that other processors have are not to be had on this one.
    var absences: [Quantity: String] = [:]
    /// The rate of the time-stamp counter, nil where it has to be measured.
    var timeStampHertz: Double?
}

/// The kind of a core on processors that mix two.
enum CoreKind: Hashable, Sendable, CaseIterable {
    /// The only kind there is.
    case uniform
    /// The larger of two.
    case performance
    /// The smaller of two.
    case efficiency
}
