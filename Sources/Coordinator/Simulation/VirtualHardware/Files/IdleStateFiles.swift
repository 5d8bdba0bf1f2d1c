/// `cpuidle` of each CPU: how long the kernel asked for each idle state, in microseconds (Linux,
/// Documentation/admin-guide/pm/cpuidle.rst).
struct IdleStateFiles {
    /// An idle state as a driver names it.
    struct State {
        let name: String
        /// Its share of a CPU's time.
        let share: (CPUActivity) -> Double
    }

    private struct Entry {
        let share: (CPUActivity) -> Double
        let file: TextFile
        var microseconds: UInt64 = 0
        var counts = WholeCounts()
    }

    private var entries: [[Entry]] = []

    init(files: TreeFiles, profile: HardwareProfile) throws(VirtualTreeError) {
        for cpu in 0..<profile.hardware.cpuCount {
            var ofCPU: [Entry] = []
            for (index, state) in Self.states(of: profile).enumerated() {
                let folder = "sys/devices/system/cpu/cpu\(cpu)/cpuidle/state\(index)"
                try files.write(state.name, to: "\(folder)/name")
                let file = try TextFile("\(folder)/time", in: files)
                file.write("0")
                ofCPU.append(Entry(share: state.share, file: file))
            }
            entries.append(ofCPU)
        }
    }

    /// The states of intel_idle on servers, of acpi_idle on AMD, whose C2 is the deepest, and of a guest, which halts
    /// and cannot know what its host makes of that.
    private static func states(of profile: HardwareProfile) -> [State] {
        let polling = State(name: "POLL") { _ in 0 }
        if profile.isGuest { return [polling, State(name: "haltpoll") { 1 - $0.utilisation - $0.stolenShare }] }
        if profile.isZen {
            return [polling, State(name: "C1") { $0.c1Share }, State(name: "C2") { $0.c3Share + $0.c6Share }]
        }
        return [
            polling, State(name: "C1") { $0.c1Share }, State(name: "C1E") { $0.c3Share },
            State(name: "C6") { $0.c6Share + $0.c7Share },
        ]
    }

    /// Lets `seconds` pass on the CPUs that are online.
    mutating func step(seconds: Double, online: Set<Int>, _ activity: NodeActivity) {
        for cpu in online {
            let work = activity.cpu(cpu)
            for index in entries[cpu].indices {
                let share = max(0, entries[cpu][index].share(work))
                entries[cpu][index].microseconds += entries[cpu][index].counts.take(share * seconds * 1e6)
                entries[cpu][index].file.write("\(entries[cpu][index].microseconds)")
            }
        }
    }
}
