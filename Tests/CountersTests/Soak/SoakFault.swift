import Measures
import Registers

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Something that goes wrong with a node's counters: for some time, or once.
enum SoakFault: Hashable {
    /// Reading one register fails.
    case register(cpu: Int, RegisterAddress)
    /// Every access to one CPU's registers fails, though the CPU is online.
    case device(cpu: Int)
    /// A CPU is offline; when it comes back its counters begin at 0.
    case offline(cpu: Int)
    /// Another program uses a CPU's counters.
    case owner(cpu: Int)
    /// Another program uses a memory channel's counters.
    case channelOwner(Int)
    /// A register gives the same value at each read.
    case stuck(cpu: Int, RegisterAddress)
    /// A register is set back to any lower value.
    case setBack(cpu: Int, RegisterAddress)
    /// A register is set to shortly before its end, and will wrap.
    case nearWrap(cpu: Int, RegisterAddress)
    /// The counters of a memory channel begin at 0.
    case channelReset(Int)
    /// The reader stands still for so long while the hardware goes on.
    case pause(seconds: Double)
    /// The machine stands still for so long and has forgotten its programming afterwards.
    case suspend(seconds: Double)

    /// Registers that the reader reads as counters.
    static let counters: [RegisterAddress] =
        (0..<3).map { .fixedCounter($0) } + (0..<4).map { .programmableCounter($0) }
        + [.timeStampCounter, .coreC3Residency, .coreC6Residency, .packageC2Residency, .packageC6Residency]

    /// Registers that the reader reads or writes.
    private static let registers = counters + [.fixedCounterControl, .globalControl] + (0..<4).map { .eventSelect($0) }

    /// Any fault of a machine with so many CPUs and memory channels.
    static func random(cpus: Int, channels: Int, _ random: inout SeededRandom) -> SoakFault {
        let cpu = random.index(below: cpus)
        let counter = counters[random.index(below: counters.count)]
        switch random.index(below: 14) {
        case 0: return .register(cpu: cpu, registers[random.index(below: registers.count)])
        case 1: return .device(cpu: cpu)
        case 2: return .offline(cpu: cpu)
        case 3: return .owner(cpu: cpu)
        case 4: return .channelOwner(random.index(below: channels))
        case 5, 6: return .stuck(cpu: cpu, counter)
        case 7, 8: return .setBack(cpu: cpu, counter)
        case 9, 10: return .nearWrap(cpu: cpu, counter)
        case 11: return .channelReset(random.index(below: channels))
        case 12: return .pause(seconds: 0.02 + 5 * random.uniform() * random.uniform())
        default: return .suspend(seconds: 1 + 600 * random.uniform())
        }
    }
}
