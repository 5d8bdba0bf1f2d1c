import Foundation
import Measures
import Registers
import Simulation
import Synchronization
import Testing
import Topology

@testable import Counters

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Faults that a file cannot produce, through registers in memory.
struct ScriptedRegisterTests {
    private static let registers: [RegisterAddress: UInt64] = [
        .timeStampCounter: 1000, .platformInfo: 20 << 8, .transactionForceAbort: 1, .fixedCounterControl: 0,
        .globalControl: 0, .globalOverflowControl: 0, .eventSelect(0): 0, .eventSelect(1): 0, .eventSelect(2): 0,
        .eventSelect(3): 0, .fixedCounter(0): 0, .fixedCounter(1): 0, .fixedCounter(2): 0, .programmableCounter(0): 0,
        .programmableCounter(1): 0, .programmableCounter(2): 0, .programmableCounter(3): 0, .coreC6Residency: 1,
    ]

    private final class Machine {
        let cpus = (0..<4).map { MemoryRegisters(name: "cpu\($0)", ScriptedRegisterTests.registers) }
        let time = ManualTime()

        func reader(
            _ stand: Stand, inspection: OwnerInspection = .none, exercise: LoadExercise? = nil,
            suspendClock: SuspendClock = .never
        ) throws -> CounterReader {
            let roots = KernelRoots(msr: "/nowhere", sysfs: stand.tree.sysfsRoot, proc: stand.tree.procRoot)
            let cpus = cpus
            return try CounterReader(
                time: time, settings: CounterSettings(preference: .msr),
                opening: SourceOpening(roots: roots, preference: .msr, ledger: try ClaimLedger(nil), inspection: inspection,
                    exercise: exercise, suspendClock: suspendClock
                ) {
                    number throws(RegisterError) in cpus[number]
                })
        }

        /// 10 ms at 2 GHz: C0 1/4, IPC 3/2, C6 1/2 on every CPU.
        func step() throws {
            for cpu in cpus {
                for (register, amount): (RegisterAddress, UInt64) in [
                    (.timeStampCounter, 20_000_000), (.fixedCounter(0), 7_500_000), (.fixedCounter(1), 5_000_000),
                    (.fixedCounter(2), 5_000_000), (.coreC6Residency, 10_000_000), (.programmableCounter(0), 2000),
                ] { try cpu.write((cpu.contents[register] ?? 0) + amount, to: register) }
            }
            time.advance(byNanoseconds: 10_000_000)
        }
    }

    @Test func failingRegisterIsGivenUpOnThatCPUAloneAndNeverReadAgain() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let machine = Machine()
            let reader = try machine.reader(stand)
            let failedBefore = reader.sample().tally.failedReads
            machine.cpus[1].failReads(of: .fixedCounter(0), with: .errno(EIO))
            try machine.step()
            let sample = reader.sample()
            #expect(sample.value(.instructionsPerCycle, .core(1)) == nil)
            #expect(sample.value(.c0Residency, .core(1)) == 0.25)
            #expect(sample.value(.instructionsPerCycle, .core(0)) == 1.5)
            #expect(sample.value(.instructionsPerCycle) == 1.5)
            #expect(sample.column(.instructionsPerCycle)?.quality == .estimate)
            #expect(sample.column(.instructionsPerCycle)?.detail == "3 of 4 parts")
            let column = try #require(sample.column(.instructionsPerCycle, .core(1)))
            #expect(column.quality == .unavailable)
            #expect(column.detail?.contains("0x309 on cpu1") == true)
            #expect(sample.tally.failedReads == failedBefore + 1)
            machine.cpus[1].failReads(of: .fixedCounter(0), with: nil)
            try machine.step()
            #expect(reader.sample().value(.instructionsPerCycle, .core(1)) == nil)
            #expect(reader.sample().tally.failedReads == failedBefore + 1)
        }
    }

    @Test func cpuThatIsGoneForAMomentIsOpenedAgainWithAFreshBaseline() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let machine = Machine()
            let reader = try machine.reader(stand)
            _ = reader.sample()
            machine.cpus[3].failReads(of: .timeStampCounter, with: .errno(ENXIO))
            try machine.step()
            #expect(reader.sample().value(.c0Residency, .core(3)) == nil)
            machine.cpus[3].failReads(of: .timeStampCounter, with: nil)
            machine.time.advance(byNanoseconds: 1_000_000_000)
            #expect(reader.sample().isEmpty)
            try machine.step()
            let sample = reader.sample()
            #expect(sample.value(.c0Residency, .core(3)) == 0.25)
            #expect(sample.column(.c0Residency)?.quality == .measured)
        }
    }

    @Test func refusedWritesLeaveTheFreeRunningCounters() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let machine = Machine()
            for cpu in machine.cpus { cpu.failWrites(of: .eventSelect(0), with: .errno(EPERM)) }
            let reader = try machine.reader(stand)
            for cpu in machine.cpus {
                #expect(cpu.contents[.fixedCounterControl] == 0)
                #expect(cpu.contents[.globalControl] == 0)
            }
            _ = reader.sample()
            try machine.step()
            let sample = reader.sample()
            #expect(sample.value(.c6Residency) == 0.5)
            #expect(sample.value(.c0Residency) == nil)
            #expect(sample.column(.c0Residency)?.detail?.contains("errno 1") == true)
        }
    }

    @Test func coreRegistersAreReadOncePerCoreAndCountForBothSiblings() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let machine = Machine()
            // CPUs 2 and 3 are the second threads; their own copies of the core's registers are never looked at.
            for cpu in [2, 3] { machine.cpus[cpu].failReads(of: .coreC6Residency, with: .errno(EIO)) }
            let reader = try machine.reader(stand)
            _ = reader.sample()
            try machine.step()
            let sample = reader.sample()
            #expect(sample.value(.c6Residency, .core(2)) == 0.5)
            #expect(sample.value(.c6Residency) == 0.5)
            #expect(sample.tally.failedReads == reader.sample().tally.failedReads)
            #expect(sample.column(.c6Residency)?.quality == .measured)
        }
    }

    @Test func microcodeThatTakesTheFourthCounterLosesTheLastEventOnly() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let machine = Machine()
            for cpu in machine.cpus { try cpu.write(0, to: .transactionForceAbort) }
            let reader = try machine.reader(stand)
            #expect(machine.cpus[0].contents[.eventSelect(2)] == EventSelector.loadRetiredL3Miss.encoding)
            #expect(machine.cpus[0].contents[.eventSelect(3)] == 0)
            #expect(machine.cpus[0].contents[.globalControl] == 0x7_0000_0007)
            let column = reader.columns.columns.first { $0.metric == .l3LoadHitsPerSecond }
            #expect(column?.quality == .unavailable)
        }
    }

    @Test func processorsNobodyKnowsGetTheArchitecturalEvents() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            try stand.write("processor : 0\nvendor_id : AuthenticAMD\n", to: "proc/cpuinfo")
            let machine = Machine()
            let reader = try machine.reader(stand)
            #expect(machine.cpus[3].contents[.eventSelect(0)] == 0x43412E)
            #expect(machine.cpus[3].contents[.eventSelect(1)] == 0x434F2E)
            #expect(machine.cpus[3].contents[.eventSelect(2)] == 0)
            #expect(
                reader.columns.columns.contains { $0.metric == .memoryWriteBytesPerSecond && $0.quality == .unavailable }
            )
        }
    }

    @Test func registersThatDoNotKeepWhatIsWrittenAreNotThere() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let machine = Machine()
            for cpu in machine.cpus { cpu.swallowWrites(of: .globalControl) }
            let before = machine.cpus[0].contents
            let column = try machine.reader(stand).columns.columns.first { $0.metric == .instructionsPerCycle }
            #expect(column?.quality == .unavailable)
            #expect(column?.detail?.contains("0x38F") == true)
            #expect(column?.detail?.contains("does not hold what is written") == true)
            for register in [RegisterAddress.fixedCounterControl, .eventSelect(0), .eventSelect(1)] {
                #expect(machine.cpus[0].contents[register] == before[register])
            }
        }
    }

    @Test(arguments: [(UInt64(54), false), (1_000_000, true)])
    func countersThatHardlyMoveUnderLoadAreGivenBack(instructions: UInt64, isBelieved: Bool) throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let machine = Machine()
            let first = machine.cpus[0]
            let exercise = LoadExercise { cpu in
                let count = first.contents[.fixedCounter(0)] ?? 0
                return cpu == 0 && (try? first.write(count + instructions, to: .fixedCounter(0))) != nil
            }
            let reader = try machine.reader(stand, exercise: exercise)
            let column = reader.columns.columns.first { $0.metric == .instructionsPerCycle }
            #expect((column?.quality == .derived) == isBelieved)
            #expect((column?.detail?.contains("hardly move") == true) == !isBelieved)
            #expect((first.contents[.globalControl] == 0) == !isBelieved)
        }
    }

    @Test func controlRegisterThatChangesByItselfIsSomebodyElses() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let machine = Machine()
            let third = machine.cpus[2]
            let inspection = OwnerInspection(
                pause: { try? third.write((third.contents[.programmableCounter(1)] ?? 0) + 7, to: .programmableCounter(1)) },
                proc: nil)
            let column = try machine.reader(stand, inspection: inspection).columns.columns
                .first { $0.metric == .instructionsPerCycle }
            #expect(column?.quality == .unavailable)
            #expect(column?.detail?.contains("CPU 2") == true)
            #expect(column?.detail?.contains("0xC2 changes by itself") == true)
            #expect(machine.cpus[0].contents[.globalControl] == 0)
        }
    }

    @Test func processWithAnOpenPerfEventOwnsTheCounters() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let files = FileManager.default
            try files.createDirectory(atPath: "\(folder)/proc/4321/fd", withIntermediateDirectories: true)
            try files.createSymbolicLink(
                atPath: "\(folder)/proc/4321/fd/3", withDestinationPath: "anon_inode:[perf_event]")
            try stand.write("perf\n", to: "proc/4321/comm")
            let machine = Machine()
            let inspection = OwnerInspection(pause: nil, proc: stand.tree.procRoot)
            let reader = try machine.reader(stand, inspection: inspection)
            let column = reader.columns.columns.first { $0.metric == .instructionsPerCycle }
            #expect(column?.detail?.contains("process 4321 (perf) holds perf events") == true)
            #expect(machine.cpus[0].contents[.globalControl] == 0)
        }
    }

    @Test func readOnlyReaderWritesNotOneRegister() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let machine = Machine()
            let cpus = machine.cpus
            let reader = try CounterReader(
                time: machine.time, settings: CounterSettings(preference: .msr, isReadOnly: true),
                opening: SourceOpening(
                    roots: KernelRoots(msr: "/nowhere", sysfs: stand.tree.sysfsRoot, proc: stand.tree.procRoot),
                    preference: .msr, isReadOnly: true, ledger: try ClaimLedger(nil)
                ) { number throws(RegisterError) in cpus[number] })
            _ = reader.sample()
            try machine.step()
            // The step itself writes the counters.
            let written = machine.cpus.map { $0.writes.count }
            let sample = reader.sample()
            #expect(sample.value(.c6Residency) == 0.5)
            #expect(sample.value(.instructionsPerCycle) == nil)
            #expect(sample.column(.instructionsPerCycle)?.detail?.contains("read-only") == true)
            #expect(sample.column(.memoryWriteBytesPerSecond)?.detail?.contains("read-only") == true)
            reader.close()
            #expect(machine.cpus.map { $0.writes.count } == written)
            #expect(written == [6, 6, 6, 6])
        }
    }

    @Test func suspendThatTheMonotonicClockDoesNotShowIsAGap() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let machine = Machine()
            let suspended = Mutex(UInt64(5_000_000_000))
            let reader = try machine.reader(
                stand, suspendClock: SuspendClock { suspended.withLock { $0 } })
            _ = reader.sample()
            try machine.step()
            #expect(reader.sample().value(.instructionsPerCycle) == 1.5)
            // The processor comes back with everything switched off.
            suspended.withLock { $0 += 60_000_000_000 }
            for cpu in machine.cpus { try cpu.write(0, to: .globalControl) }
            try machine.step()
            let sample = reader.sample()
            #expect(sample.isEmpty)
            #expect(sample.tally.gaps == 1)
            #expect(machine.cpus[0].contents[.globalControl] == 0x7_0000_000F)
            try machine.step()
            #expect(reader.sample().value(.instructionsPerCycle) == 1.5)
        }
    }

    @Test func guestOnAMachineWithAnotherClockIsMeasuredAnew() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let machine = Machine()
            for cpu in machine.cpus { cpu.failReads(of: .platformInfo, with: .errno(EIO)) }
            let reader = try machine.reader(stand)
            _ = reader.sample()
            try machine.step()
            #expect(reader.sample().value(.activeFrequencyHertz) == 2e9)
            // Every CPU was busy for more than three times as long as its time stamp says.
            for cpu in machine.cpus {
                try cpu.write((cpu.contents[.fixedCounter(2)] ?? 0) + 60_000_000, to: .fixedCounter(2))
            }
            try machine.step()
            let moved = reader.sample()
            #expect(moved.isEmpty)
            #expect(moved.tally.gaps == 1)
            try machine.step()
            #expect(reader.sample().value(.c0Residency) == 0.25)
        }
    }
}
