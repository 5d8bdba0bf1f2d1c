import KernelFiles
import Measures
import Registers

/// Energy of packages and of their memory as the kernel's power capping shows it (Linux,
/// Documentation/power/powercap/powercap.rst): the same counters as the msr device's, unwrapped by the kernel to
/// microjoules, on AMD too.
struct PowerCapSource: CounterSource {
    /// One counter: a package, a die of one, or the memory of either.
    private struct Zone {
        let quantity: Quantity
        let row: Int
        let path: String
        let file: KernelFile
        /// Where the counter wraps to 0, in microjoules; 0 where the kernel does not say.
        let range: UInt64
        var last: UInt64?
        /// What it has counted, never wrapping.
        var total: UInt64 = 0

        /// Adds what was used since the last reading. A counter that went down has wrapped at its range; one that would
        /// have covered more than half of it was set back: false, for what it counted meanwhile is not known.
        mutating func count(_ value: UInt64) -> Bool {
            defer { last = value }
            guard let last else {
                // The first reading counts as it is: a counter that never moved since power-on must show.
                total = value
                return true
            }
            guard value < last else {
                total &+= value - last
                return true
            }
            guard range >= last, (range - last) &+ value <= range / 2 else { return false }
            total &+= (range - last) &+ value
            return true
        }
    }

    private static let quantities = QuantitySet([.packageEnergy, .memoryEnergy])

    let name = "powercap"
    private(set) var revision = 0
    private(set) var failedReads = 0
    private(set) var reads = 0

    private let layout: FrameLayout
    private let root: String
    private let buffer = ReadBuffer(byteCount: 32)
    private var zones: [Zone] = []
    /// Why a socket's zone cannot be read.
    private var reasons: [Int: String] = [:]
    private let isSupported: Bool
    private var demand: CounterDemand

    init(layout: FrameLayout, sysfs: String) {
        self.layout = layout
        demand = CounterDemand(everythingFor: layout)
        root = "\(sysfs)/class/powercap"
        let names = KernelText.names(in: root).filter { $0.hasPrefix(Self.prefix) }
        isSupported = !names.isEmpty
        for name in names where !name.dropFirst(Self.prefix.count).contains(":") {
            let folder = "\(root)/\(name)"
            guard let package = Self.package(named: KernelText.contents("\(folder)/name") ?? ""),
                let row = layout.row(ofPackage: package)
            else { continue }
            open(folder, .packageEnergy, row)
            // The class lists parts beside their package, whose subfolders they are.
            let parts = names.filter { $0.hasPrefix("\(name):") }.map { "\(root)/\($0)" }
            let subfolders = KernelText.names(in: folder).filter { $0.hasPrefix("\(name):") }.map { "\(folder)/\($0)" }
            let memory = (parts + subfolders).first { KernelText.contents("\($0)/name") == "dram" }
            if let memory { open(memory, .memoryEnergy, row) }
        }
    }

    private static let prefix = "intel-rapl:"

    /// The number in "package-0", or in "package-0-die-1" where a package has several dies that count apart.
    private static func package(named name: String) -> Int? {
        let parts = name.split(separator: "-")
        guard parts.first == "package", parts.count == 2 || parts.count == 4 && parts[2] == "die" else { return nil }
        return Int(parts[1])
    }

    private mutating func open(_ folder: String, _ quantity: Quantity, _ row: Int) {
        let path = "\(folder)/energy_uj"
        guard let file = KernelFile(path) else {
            reasons[Self.key(row, quantity)] =
                "\(path) cannot be opened: the kernel shows it to root alone; let the agent's group read it, as the"
                + " package's drop-in reeve-agent-powercap.conf does, or grant CAP_DAC_READ_SEARCH"
            return
        }
        let range = KernelText.contents("\(folder)/max_energy_range_uj").flatMap { UInt64($0) } ?? 0
        zones.append(Zone(quantity: quantity, row: row, path: path, file: file, range: range))
    }

    /// Nothing has to be claimed: everything counts anyway. What is not wanted is not read, for another source has it.
    mutating func claim(_ demand: CounterDemand, now: MonotonicInstant) { self.demand = demand }

    func availability(of quantity: Quantity, row: Int) -> Availability? {
        guard Self.quantities.contains(quantity), row >= layout.topology.cpus.count else { return nil }
        if let reason = reasons[Self.key(row, quantity)] { return .unavailable(reason: reason) }
        guard isSupported else {
            return .unavailable(reason: "no energy is shown in \(root); load intel_rapl_msr (guests have none)")
        }
        guard zones.contains(where: { $0.row == row && $0.quantity == quantity }) else {
            return .unavailable(
                reason: "\(root) shows no \(quantity == .memoryEnergy ? "dram" : "package") energy of this socket")
        }
        return .available(CounterKind(width: .bits64, unit: 1e-6, detail: "energy_uj"))
    }

    mutating func read(_ due: QuantitySet, into frame: inout CounterFrame) {
        guard !due.isDisjoint(with: Self.quantities) else { return }
        var unknown: Set<Int> = []
        for index in zones.indices where due.contains(zones[index].quantity) {
            let (quantity, row) = (zones[index].quantity, zones[index].row)
            let key = Self.key(row, quantity)
            guard reasons[key] == nil, demand.contains(quantity, row: row) else { continue }
            reads += 1
            if let value = zones[index].file.number(in: buffer) {
                if !zones[index].count(value) { unknown.insert(key) }
            } else {
                failedReads += 1
                reasons[key] = "\(zones[index].path) cannot be read"
                revision += 1
                unknown.insert(key)
            }
            frame[row, quantity] = unknown.contains(key) ? nil : (frame[row, quantity] ?? 0) &+ zones[index].total
        }
    }

    mutating func close() {}

    private static func key(_ row: Int, _ quantity: Quantity) -> Int { row * 2 + (quantity == .packageEnergy ? 0 : 1) }
}
