import Foundation
import Measures
import Registers
import Simulation

@testable import Counters

/// A virtual node of four CPUs on which faults happen at random, in virtual time.
///
/// Time goes by in cycles of two minutes. In the first part faults begin and end; by its end all have ended, the reader is
/// made to stand still once, after which it opens everything anew, and for the rest of the cycle the machine behaves.
final class SoakMachine {
    static let cycleSteps = 12_000
    private static let lastFaultStep = 5_000
    private static let cleanStep = 6_000
    /// From this step of a cycle on, nothing that went wrong may show any more.
    static let soundStep = 6_500
    private static let stepSeconds = 0.01
    /// How often a fault begins, per step.
    private static let faultShare = 0.02

    private let stand: Stand
    private let cpus: [FaultyRegisters]
    private let channels: [FileConfigurationSpace]
    private var random: SeededRandom
    private var active: [(fault: SoakFault, untilStep: Int)] = []
    private var online: Set<Int>
    /// What the hardware does at present.
    private(set) var activity = Stand.activity
    private(set) var step = 0
    /// Faults that have begun.
    private(set) var faults = 0
    /// Times that the reader was made to stand still for longer than an interval may last.
    private(set) var gaps = 0

    init(folder: String, seed: UInt64) throws {
        let stand = try Stand(folder)
        self.stand = stand
        cpus = try (0..<stand.tree.hardware.cpuCount).map { try FaultyRegisters(path: "\(stand.tree.msrRoot)/\($0)/msr") }
        channels = try stand.channels()
        online = Set(cpus.indices)
        random = SeededRandom(seed: seed, stream: "soak")
    }

    var hardware: NodeHardware { stand.tree.hardware }
    var channelCount: Int { channels.count }
    /// Whether the reader has to be right by now.
    var isSound: Bool { step % Self.cycleSteps >= Self.soundStep }

    func reader() throws -> CounterReader {
        let roots = KernelRoots(msr: stand.tree.msrRoot, sysfs: stand.tree.sysfsRoot, proc: stand.tree.procRoot)
        let cpus = cpus
        return try CounterReader(
            time: stand.time, settings: CounterSettings(periods: SamplingPeriods(tick: Self.stepSeconds)),
            opening: SourceOpening(roots: roots, ledger: try ClaimLedger(nil)) { number throws(RegisterError) in
                try cpus[number].checkOpening()
                return cpus[number]
            })
    }

    /// Lets one sampling interval pass, with whatever goes wrong in it.
    func advance() throws {
        let inCycle = step % Self.cycleSteps
        for index in active.indices.reversed() where active[index].untilStep <= step || inCycle == Self.cleanStep {
            try end(active.remove(at: index).fault)
        }
        if inCycle % 100 == 0, inCycle <= Self.cleanStep { activity = anyActivity(isIdle: inCycle % 700 == 600) }
        if inCycle < Self.lastFaultStep {
            if random.uniform() < Self.faultShare { try beginAny() }
            pass(seconds: Self.stepSeconds * (0.7 + 0.6 * random.uniform()))
        } else {
            if inCycle == Self.cleanStep { pause(seconds: 2) }
            pass(seconds: Self.stepSeconds)
        }
        step += 1
    }

    /// What the control registers of all CPUs and channels hold that are off at first.
    func controls() throws -> [UInt64] {
        try cpus.flatMap { cpu in
            try ([.fixedCounterControl, .globalControl] + (0..<4).map { .eventSelect($0) }).map {
                try cpu.hardware.read($0)
            }
        } + channels.flatMap { channel in try (0..<4).map { UInt64(try channel.read(at: MemoryControllerPMON.control($0))) } }
    }

    private func pass(seconds: Double) { stand.step(seconds: seconds, activity) }

    private func pause(seconds: Double) {
        if seconds > 1 { gaps += 1 }
        pass(seconds: seconds)
    }

    private func anyActivity(isIdle: Bool) -> HardwareActivity {
        var any = HardwareActivity(c6Share: 0.9)
        if isIdle { return any }
        any.utilisation = 0.05 + 0.9 * random.uniform()
        any.instructionsPerCycle = 0.1 + 4 * random.uniform()
        any.clockRatio = 0.5 + random.uniform()
        any.llcReferencesPerSecond = 4e6 + 4e8 * random.uniform()
        // So many in an interval that one count more or less on each CPU is well within what is demanded of a sample.
        any.llcMissesPerSecond = max(any.llcReferencesPerSecond * random.uniform(), 4e5)
        any.memoryReadBytesPerSecond = 1e8 + 1e11 * random.uniform()
        any.memoryWriteBytesPerSecond = 1e8 + 5e10 * random.uniform()
        any.c6Share = (1 - any.utilisation) * random.uniform()
        any.packageC2Share = any.c6Share / 8
        return any
    }

    private func beginAny() throws {
        let fault = SoakFault.random(cpus: cpus.count, channels: channels.count, &random)
        guard !active.contains(where: { $0.fault == fault }) else { return }
        faults += 1
        if try begin(fault) { active.append((fault, step + 1 + random.index(below: 900))) }
    }

    /// Lets `fault` begin; true when it lasts.
    private func begin(_ fault: SoakFault) throws -> Bool {
        switch fault {
        case .register(let cpu, let register):
            let failure: RegisterError.Failure = random.uniform() < 0.5 ? .errno(EIO) : .shortTransfer
            cpus[cpu].change { $0.failing[register] = failure }
        case .device(let cpu): cpus[cpu].change { $0.all = .errno(EIO) }
        case .offline(let cpu):
            guard online.count > 1, online.contains(cpu) else { return false }
            online.remove(cpu)
            cpus[cpu].change { $0.all = .errno(ENXIO) }
            try listOnline()
        case .owner(let cpu):
            // Cycles without an interrupt on counter 0, and all fixed counters for user code, as VTune might leave them.
            try cpus[cpu].hardware.write(0x43003C, to: .eventSelect(0))
            try cpus[cpu].hardware.write(0x222, to: .fixedCounterControl)
            try cpus[cpu].hardware.write(0x7_0000_0001, to: .globalControl)
        case .channelOwner(let channel):
            try channels[channel].write(0x40_0001, at: MemoryControllerPMON.control(0))
        case .stuck(let cpu, let register): cpus[cpu].change { $0.stuck[register] = .some(nil) }
        case .setBack(let cpu, let register):
            let value = try cpus[cpu].hardware.read(register)
            try cpus[cpu].hardware.write(UInt64(Double(value) * random.uniform()), to: register)
            return false
        case .nearWrap(let cpu, let register):
            let has64Bits = ![.fixedCounter(0), .fixedCounter(1), .fixedCounter(2)].contains(register)
                && !(0..<4).contains { register == .programmableCounter($0) }
            let end: UInt64 = has64Bits ? .max : 1 << 48 - 1
            try cpus[cpu].hardware.write(end - UInt64(random.index(below: 1 << 28)), to: register)
            return false
        case .channelReset(let channel):
            for index in 0..<2 {
                try channels[channel].write(0, at: MemoryControllerPMON.counter(index))
                try channels[channel].write(0, at: MemoryControllerPMON.counter(index) + 4)
            }
            return false
        case .pause(let seconds):
            pause(seconds: seconds)
            return false
        case .suspend(let seconds):
            for cpu in cpus.indices { try forgetProgramming(cpu) }
            gaps += 1
            stand.time.advance(byNanoseconds: UInt64(seconds * 1e9))
            return false
        }
        return true
    }

    private func end(_ fault: SoakFault) throws {
        switch fault {
        case .register(let cpu, let register): cpus[cpu].change { $0.failing[register] = nil }
        case .device(let cpu): cpus[cpu].change { $0.all = online.contains(cpu) ? nil : .errno(ENXIO) }
        case .offline(let cpu):
            online.insert(cpu)
            try forgetProgramming(cpu)
            for register in SoakFault.counters { try cpus[cpu].hardware.write(0, to: register) }
            cpus[cpu].change { $0.all = nil }
            try listOnline()
        case .owner(let cpu): try forgetProgramming(cpu)
        case .channelOwner(let channel):
            if try channels[channel].read(at: MemoryControllerPMON.control(0)) == 0x40_0001 {
                try channels[channel].write(0, at: MemoryControllerPMON.control(0))
            }
        case .stuck(let cpu, let register): cpus[cpu].change { $0.stuck[register] = nil }
        case .setBack, .nearWrap, .channelReset, .pause, .suspend: break
        }
    }

    private func forgetProgramming(_ cpu: Int) throws {
        for register in [.fixedCounterControl, .globalControl] + (0..<4).map({ RegisterAddress.eventSelect($0) }) {
            try cpus[cpu].hardware.write(0, to: register)
        }
    }

    private func listOnline() throws { try stand.write(CPUList.format(online.sorted()) + "\n", to: "sys/devices/system/cpu/online") }
}
