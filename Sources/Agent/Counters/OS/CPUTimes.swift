import KernelFiles

/// How one CPU spent its time since it was booted, in the kernel's clock ticks: one `cpuN` line of /proc/stat
/// (proc_stat(5)).
struct CPUTimes: Hashable, Sendable {
    /// The CPU's number.
    let cpu: Int
    /// Time in which the CPU executed something: user, nice, system, irq and softirq. Time of guests is contained in the
    /// first two already.
    let busy: UInt64
    /// Time in which a hypervisor ran something else although the CPU had work.
    let stolen: UInt64
    /// All of the time: busy, idle, waiting for input and output, and stolen.
    let accounted: UInt64

    /// Calls `body` with each CPU's times in the text of /proc/stat, whose CPU lines come first. A line that cannot be
    /// understood, or that was cut off, is left out.
    static func forEach(in text: UnsafeRawBufferPointer, _ body: (CPUTimes) -> Void) {
        var scanner = ByteScanner(text)
        while scanner.takes("cpu") {
            if let cpu = scanner.number(), let times = CPUTimes(cpu: Int(clamping: cpu), fields: &scanner) { body(times) }
            guard scanner.skipLine() else { return }
        }
    }

    private init?(cpu: Int, fields scanner: inout ByteScanner) {
        // Kernels since 2.6.11 write eight fields and more.
        func field() -> UInt64? {
            scanner.skipSpaces()
            return scanner.number()
        }
        guard let user = field(), let nice = field(), let system = field(), let idle = field(), let wait = field(),
            let interrupts = field(), let softInterrupts = field(), let stolen = field(), !scanner.isAtEnd
        else { return nil }
        self.cpu = cpu
        self.stolen = stolen
        busy = user &+ nice &+ system &+ interrupts &+ softInterrupts
        accounted = busy &+ idle &+ wait &+ stolen
    }
}
