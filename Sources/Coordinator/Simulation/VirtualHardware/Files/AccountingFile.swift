/// `/proc/stat`: how each CPU spent its time, in hundredths of a second (proc_stat(5)). CPUs that are offline have no
/// line; their time stays in the sum.
struct AccountingFile {
    private struct Times {
        var busy: UInt64 = 0, idle: UInt64 = 0, stolen: UInt64 = 0
        var busyCounts = WholeCounts(), idleCounts = WholeCounts(), stolenCounts = WholeCounts()

        /// The line's ten numbers: user, nice, system, idle, iowait, irq, softirq, steal, guest, guest_nice.
        var line: String { "\(busy) 0 0 \(idle) 0 0 0 \(stolen) 0 0" }
    }

    private static let ticksPerSecond = 100.0

    private let file: TextFile
    private var times: [Times]

    init(files: TreeFiles, cpuCount: Int) throws(VirtualTreeError) {
        file = try TextFile("proc/stat", in: files)
        times = Array(repeating: Times(), count: cpuCount)
    }

    /// Lets `seconds` pass on the CPUs that are online.
    mutating func step(seconds: Double, online: Set<Int>, _ activity: NodeActivity) {
        let ticks = seconds * Self.ticksPerSecond
        for cpu in online {
            let work = activity.cpu(cpu)
            let busy = min(1, work.utilisation)
            let stolen = min(1 - busy, work.stolenShare)
            times[cpu].busy += times[cpu].busyCounts.take(busy * ticks)
            times[cpu].stolen += times[cpu].stolenCounts.take(stolen * ticks)
            times[cpu].idle += times[cpu].idleCounts.take((1 - busy - stolen) * ticks)
        }
        write(online: online)
    }

    /// Writes the file for the CPUs that are online.
    func write(online: Set<Int>) {
        var sum = Times()
        for cpu in times {
            sum.busy += cpu.busy
            sum.idle += cpu.idle
            sum.stolen += cpu.stolen
        }
        let lines = ["cpu  \(sum.line)"] + online.sorted().map { "cpu\($0) \(times[$0].line)" }
        file.write((lines + ["intr 0", "ctxt 0", "btime 0", "processes 1"]).joined(separator: "\n"))
    }
}
