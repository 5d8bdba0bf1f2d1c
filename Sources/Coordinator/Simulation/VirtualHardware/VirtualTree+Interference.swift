public import Registers

/// What else happens to a machine's counters: other programs, pauses, faults.
extension VirtualTree {
    /// The register of a CPU, as another program on the node sees and sets it. Where CPUs share a register, what is set
    /// through one of them shows on all after the next step.
    public subscript(register: RegisterAddress, cpu cpu: Int) -> UInt64 {
        get { cpus[cpu].registers[register] }
        set { cpus[cpu].registers[register] = newValue }
    }

    /// Sets a register that belongs to a package on each of its CPUs, such as an energy counter.
    public func set(_ register: RegisterAddress, to value: UInt64, package: Int) {
        for cpu in cpus.indices where hardware.socket(of: cpu) == package { self[register, cpu: cpu] = value }
    }

    /// Sets every counter that wraps to its last value before zero: the cores' and the memory channels' to 2^48 - 1,
    /// the energies' to 2^32 - 1.
    public func presetCountersNearWrap() {
        for cpu in cpus {
            for counter in cpu.counters { cpu.registers[counter] = CounterWidth.bits48.mask }
            for counter in cpu.energyCounters { cpu.registers[counter] = CounterWidth.bits32.mask }
        }
        memory.presetNearWrap()
    }

    /// Lets another program take a programmable counter of an Intel CPU, as perf would: it sets the selector, starts
    /// the counter at zero and enables it, leaving the rest alone.
    public func program(counter: Int, _ select: UInt64, cpu: Int) {
        self[.programmableCounter(counter), cpu: cpu] = 0
        self[.eventSelect(counter), cpu: cpu] = select
        self[.globalControl, cpu: cpu] |= 1 << UInt64(counter)
    }

    /// Lets the other program give the counter back.
    public func releaseCounter(_ counter: Int, cpu: Int) {
        self[.globalControl, cpu: cpu] &= ~(1 << UInt64(counter))
        self[.eventSelect(counter), cpu: cpu] = 0
    }

    /// Lets the NMI watchdog hold fixed counter 1 of each CPU, with its interrupt.
    func armWatchdog() {
        for cpu in cpus.indices {
            self[.fixedCounterControl, cpu: cpu] |= 0xB0
            self[.globalControl, cpu: cpu] |= 1 << 33
        }
    }

    /// Lets `seconds` pass in which the machine stands still: only time-stamp counters go on. A machine that was
    /// suspended comes back with the cores' counters switched off and at zero; one that its hypervisor paused keeps
    /// them.
    public func pause(seconds: Double, losesProgramming: Bool) {
        let idle = CoreShares([CPUActivity]())
        for cpu in cpus.indices {
            cpus[cpu].rest(seconds: seconds, core: idle, socket: SocketActivity(), isPackageRunning: false)
            if losesProgramming { cpus[cpu].loseProgramming() }
        }
    }

    /// Makes accesses to the registers of `cpu` fail; newer faults count before older ones. A fault for all registers
    /// strikes those that exist. Throws `VirtualTreeError` when the fault cannot be written down.
    public func inject(_ fault: RegisterFault, cpu: Int) throws(VirtualTreeError) {
        precondition(faults.areThere, "the tree was made without faults")
        try faults.order(fault, cpu: cpu)
    }

    /// Ends the faults that were injected into `cpu`.
    public func clearFaults(cpu: Int) throws(VirtualTreeError) { try faults.clear(cpu: cpu) }

    /// Lets the counters behind resctrl answer, or say "Unavailable".
    public func setResourceMonitoring(isAvailable: Bool) {
        kernel.setResourceMonitoring(isAvailable: isAvailable)
    }
}
