import KernelFiles
import Measures
import Registers

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// What the kernel accounts for: how each CPU spent its time (/proc/stat), and which idle states were asked for (cpuidle).
/// It works wherever Linux runs, in guests and containers too, and moves in steps of 10 ms.
struct AccountingSource: CounterSource {
    /// The idle states of one CPU that are called the same.
    private struct IdleStates {
        let row: Int
        let quantity: Quantity
        let files: [KernelFile]
    }

    private static let times = QuantitySet([.busyTime, .stolenTime, .accountedTime])
    private static let idleStates: [(quantity: Quantity, name: String)] = [
        (.requestedC1Time, "C1"), (.requestedC6Time, "C6"),
    ]

    let name = "os"
    private(set) var revision = 0
    private(set) var failedReads = 0
    private(set) var reads = 0

    private let layout: FrameLayout
    private let statPath: String
    private let stat: KernelFile?
    private let buffer: ReadBuffer
    /// Row of each CPU number.
    private let rows: [Int: Int]
    private var idle: [IdleStates] = []
    private var hasNoTimes: Bool

    init(layout: FrameLayout, roots: KernelRoots) {
        self.layout = layout
        statPath = "\(roots.proc)/stat"
        // A line is at most the name and ten numbers of twenty digits long; offline CPUs have none.
        buffer = ReadBuffer(byteCount: (layout.topology.cpus.count + 1) * 256)
        stat = KernelFile(statPath)
        hasNoTimes = stat == nil
        rows = Dictionary(uniqueKeysWithValues: layout.topology.cpus.enumerated().map { ($1.number, $0) })
        for (row, cpu) in layout.topology.cpus.enumerated() {
            let folder = "\(roots.sysfs)/devices/system/cpu/cpu\(cpu.number)/cpuidle"
            let names = KernelText.names(in: folder).map { state in
                (state: state, name: KernelText.contents("\(folder)/\(state)/name") ?? "")
            }
            for (quantity, prefix) in Self.idleStates {
                // Variants of a state, such as C1E and C6P, differ in what they keep powered, not in depth.
                let files = names.filter { $0.name.hasPrefix(prefix) && $0.name.dropFirst(2).first?.isNumber != true }
                    .compactMap { KernelFile("\(folder)/\($0.state)/time") }
                if !files.isEmpty { idle.append(IdleStates(row: row, quantity: quantity, files: files)) }
            }
        }
    }

    /// Nothing has to be claimed: everything counts anyway.
    mutating func claim(_ demand: CounterDemand, now: MonotonicInstant) {}

    func availability(of quantity: Quantity, row: Int) -> Availability? {
        guard row < layout.topology.cpus.count else { return nil }
        if Self.times.contains(quantity) {
            return hasNoTimes
                ? .unavailable(reason: "\(statPath) cannot be read")
                : .available(CounterKind(width: .bits64, unit: 1 / Double(Self.ticksPerSecond)))
        }
        guard let state = Self.idleStates.first(where: { $0.quantity == quantity }) else { return nil }
        return idle.contains { $0.row == row && $0.quantity == quantity }
            ? .available(CounterKind(width: .bits64, unit: 1e-6))
            : .unavailable(reason: "the kernel's idle driver has no state called \(state.name)")
    }

    mutating func read(_ due: QuantitySet, into frame: inout CounterFrame) {
        if !due.isDisjoint(with: Self.times), !hasNoTimes { readTimes(into: &frame) }
        for states in idle where due.contains(states.quantity) {
            reads += states.files.count
            let times = states.files.map { $0.number(in: buffer) }
            if times.contains(nil) {
                failedReads += 1
            } else {
                frame[states.row, states.quantity] = times.reduce(0) { $0 &+ ($1 ?? 0) }
            }
        }
    }

    private mutating func readTimes(into frame: inout CounterFrame) {
        reads += 1
        guard let text = stat?.text(in: buffer) else {
            failedReads += 1
            hasNoTimes = true
            revision += 1
            return
        }
        CPUTimes.forEach(in: text) { times in
            guard let row = rows[times.cpu] else { return }
            frame[row, .busyTime] = times.busy
            frame[row, .stolenTime] = times.stolen
            frame[row, .accountedTime] = times.accounted
        }
    }

    mutating func close() {}

    private static let ticksPerSecond = max(1, sysconf(Int32(_SC_CLK_TCK)))
}
