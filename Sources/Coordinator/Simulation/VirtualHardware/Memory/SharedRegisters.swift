import Registers

/// Registers that every CPU of a cache or package reaches, whichever of them is asked: each CPU has its own file, so
/// what one file gains is copied to the others.
struct SharedRegisters {
    private let members: [RegisterMemory]
    private let addresses: [RegisterAddress]
    private var values: [UInt64]

    init(members: [RegisterMemory], addresses: [RegisterAddress]) {
        self.members = members
        self.addresses = addresses
        values = Array(repeating: 0, count: addresses.count)
    }

    /// Takes over what somebody wrote through one of the CPUs since the last `publish`.
    mutating func collect() {
        for (index, address) in addresses.enumerated() {
            let written = members.first { $0[address] != values[index] }
            if let written { values[index] = written[address] }
        }
    }

    /// Shows the values on every CPU.
    func publish() {
        for (index, address) in addresses.enumerated() {
            for member in members where member[address] != values[index] { member[address] = values[index] }
        }
    }

    /// The value of the register at place `index` among the addresses.
    subscript(index: Int) -> UInt64 {
        get { values[index] }
        set { values[index] = newValue }
    }
}

/// A set of counters with one control register each, shared by the CPUs of a cache or package.
struct SharedCounters {
    private var registers: SharedRegisters
    private var counts: [WholeCounts]

    init(members: [RegisterMemory], pairs: [(control: RegisterAddress, counter: RegisterAddress)]) {
        registers = SharedRegisters(members: members, addresses: pairs.flatMap { [$0.control, $0.counter] })
        counts = Array(repeating: WholeCounts(), count: pairs.count)
    }

    /// Advances each counter by what `amount` says of its control, which is nil where it counts nothing, and stores
    /// what `stored` makes of the sum.
    mutating func step(amount: (UInt64) -> Double?, stored: (UInt64) -> UInt64) {
        registers.collect()
        for index in counts.indices {
            guard let amount = amount(registers[2 * index]) else { continue }
            registers[2 * index + 1] = stored(registers[2 * index + 1] &+ counts[index].take(amount))
        }
        registers.publish()
    }
}
