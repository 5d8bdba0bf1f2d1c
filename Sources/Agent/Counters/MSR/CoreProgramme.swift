import Registers

/// What makes the counters of one logical CPU count, and where the counts are read.
protocol CoreProgramme: Sendable {
    /// What is written.
    var programme: CounterProgramme { get }
    /// What the counters then hold, in the order in which they are best read: those that are compared with each other
    /// stand together.
    var counters: [CoreCounter] { get }
    /// What shows that somebody else uses the counters, nil when they are free. Throws when they cannot be read.
    func occupant(of registers: any RegisterFile) throws(RegisterError) -> String?
    /// The registers that move when somebody else counts, for a closer look over some time.
    var witnesses: [RegisterAddress] { get }
}

/// One counter of a CPU.
struct CoreCounter: Hashable, Sendable {
    let quantity: Quantity
    let register: RegisterAddress
    let kind: CounterKind
}
