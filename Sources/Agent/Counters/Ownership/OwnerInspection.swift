import Registers

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Signs of another user of the performance counters that one look at their control registers does not show.
struct OwnerInspection: Sendable {
    /// Lets some milliseconds pass, so that a user who takes turns on the counters shows; nil looks once only, as
    /// virtual hardware does not move by itself.
    let pause: (@Sendable () -> Void)?
    /// Where processes are listed, nil where they say nothing about the counters.
    let proc: String?

    /// Looks once and at no process.
    static let none = OwnerInspection(pause: nil, proc: nil)

    /// Looks for about 50 ms, and at the processes of this machine.
    static let thisMachine = OwnerInspection(pause: { usleep(10_000) }, proc: "/proc")

    private static let looks = 5

    /// Who uses the counters, nil when nobody is seen. A control register or a stopped counter that changes within about
    /// 50 ms is moved by somebody (the test that Intel's PerfSpect makes), and an open perf event may count at any time
    /// even if it rests now.
    func occupant(_ cpus: [(number: Int, registers: any RegisterFile, witnesses: [RegisterAddress])]) -> String? {
        if let proc, let holder = PerfHolders.first(proc: proc) {
            return "process \(holder.identifier) (\(holder.name)) holds perf events, which would be corrupted"
        }
        guard let pause else { return nil }
        let before = cpus.map { cpu in cpu.witnesses.map { try? cpu.registers.read($0) } }
        for _ in 0..<Self.looks {
            pause()
            for (cpu, values) in zip(cpus, before) {
                for (register, value) in zip(cpu.witnesses, values)
                where (try? cpu.registers.read(register)) != value {
                    return "on CPU \(cpu.number) register \(register) changes by itself"
                }
            }
        }
        return nil
    }
}
