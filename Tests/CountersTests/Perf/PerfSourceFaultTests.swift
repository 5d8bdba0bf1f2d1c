import Measures
import Registers
import Testing
import Topology

@testable import Counters

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Perf events that are refused, shared, starved, lost or faked.
struct PerfSourceFaultTests {
    private typealias Code = PerfMachine.Code

    private static func machine() throws -> PerfMachine {
        let machine = try PerfMachine()
        try machine.addIntelServer()
        return machine
    }

    @Test func missingPrivilegeIsToldAndTriedAgain() throws {
        let machine = try Self.machine()
        machine.door.refuse(with: EACCES)
        let readings = try machine.reading(.cascadeLake)
        readings.step()
        #expect(
            readings.column(.instructionsPerCycle)?.detail
                == "cycles on cpu0 is refused (EACCES): kernel.perf_event_paranoid is 2; grant CAP_PERFMON or set"
                + " kernel.perf_event_paranoid to 0 or less")
        #expect(readings.column(.packagePowerWatts)?.detail?.hasPrefix("power/energy-pkg/ on cpu0 is refused") == true)
        #expect(machine.door.openEventCount == 0)
        machine.door.refuse(with: nil)
        readings.step()
        #expect(readings.value(.instructionsPerCycle) == nil)
        readings.pause(seconds: 30)
        readings.step()
        #expect(readings.value(.instructionsPerCycle) == 1.5)
        #expect(readings.value(.packagePowerWatts) == 100)
    }

    @Test func filterIsToldAndNotTriedAgain() throws {
        let machine = try Self.machine()
        machine.door.refuse(with: ENOSYS)
        let readings = try machine.reading(.cascadeLake)
        readings.step()
        #expect(readings.column(.instructionsPerCycle)?.detail?.contains("seccomp") == true)
        #expect(readings.sources.sources.allSatisfy { $0.retryAt == nil })
    }

    @Test func countersThatAreHeldAreAskedForAgain() throws {
        let machine = try Self.machine()
        for code in [Code.cycles, Code.instructions] { machine.door.refuse(opening: code, with: EBUSY) }
        let readings = try machine.reading(.cascadeLake)
        readings.step()
        #expect(
            readings.column(.instructionsPerCycle)?.detail
                == "instructions on cpu0 is refused (EBUSY): somebody else holds the counters for himself")
        #expect(readings.value(.c0Residency) == 0.25)
        for code in [Code.cycles, Code.instructions] { machine.door.refuse(opening: code, with: nil) }
        readings.pause(seconds: 30)
        readings.step()
        #expect(readings.value(.instructionsPerCycle) == 1.5)
        #expect(readings.value(.c0Residency) == 0.25)
    }

    @Test func sharedCountersGiveEstimatesUntilTheyHaveNotBeenSharedForAWhile() throws {
        let machine = try Self.machine()
        let readings = try machine.reading(.cascadeLake)
        readings.step()
        #expect(readings.column(.l3MissesPerSecond)?.quality == .measured)
        machine.door.share(1, of: 4, on: 1)
        readings.step()
        #expect(readings.value(.l3MissesPerSecond) == 800_000)
        #expect(readings.value(.c0Residency, .core(1)) == 0.25)
        let column = try #require(readings.column(.l3MissesPerSecond, .core(1)))
        #expect(column.quality == .estimate)
        #expect(column.detail == "longest_lat_cache.miss (2E/41); counted part of the time, beside others' events")
        #expect(readings.column(.l3MissesPerSecond, .core(0))?.quality == .measured)
        machine.door.share(1, of: 1, on: 1)
        let version = readings.version
        readings.step(100)
        #expect(readings.version == version)
        readings.pause(seconds: 30)
        #expect(readings.column(.l3MissesPerSecond, .core(1))?.quality == .measured)
        #expect(readings.value(.l3MissesPerSecond) == 800_000)
    }

    @Test func groupThatNeverGetsItsCountersGivesUpTheLeastWantedEvents() throws {
        let machine = try Self.machine()
        // Seven are accepted, and others pinned two of them.
        machine.door.setCounters(7, free: 5)
        let readings = try machine.reading(.cascadeLake)
        readings.step()
        #expect(readings.value(.instructionsPerCycle) == nil)
        readings.step(80)
        #expect(readings.value(.instructionsPerCycle) == 1.5)
        #expect(readings.value(.l3HitRatio) == 0.75)
        #expect(machine.door.openEvents(on: 3).count == 6)
        for metric in [Metric.l3LoadMissesPerSecond, .l3LoadHitsPerSecond] {
            #expect(readings.column(metric)?.detail == "others' events hold the counter that it needs")
        }
        let version = readings.version
        readings.step(200)
        #expect(readings.version == version)
        #expect(readings.value(.c0Residency) == 0.25)
    }

    @Test func countersThatAreAllTakenAreBelievedOnlyOnceTheyCountAgain() throws {
        let machine = try Self.machine()
        machine.door.setCounters(7, free: 0)
        let readings = try machine.reading(.cascadeLake)
        readings.step(250)
        #expect(machine.door.openEvents(on: 1) == [Code.timeStamp])
        #expect(readings.column(.instructionsPerCycle)?.detail == "others' events hold all counters that the CPU has")
        #expect(readings.value(.c6Residency) == 0.5)
        // Tries in vain change nothing that anyone could see.
        let version = readings.version
        readings.pause(seconds: 31)
        readings.step(250)
        #expect(readings.version == version)
        machine.door.setCounters(7, free: 7)
        readings.pause(seconds: 31)
        readings.step(2)
        #expect(readings.value(.instructionsPerCycle) == 1.5)
        #expect(readings.value(.l3LoadHitsPerSecond) == 600_000)
    }

    @Test func eventsThatDoNotFitAreLeftOut() throws {
        let machine = try Self.machine()
        machine.door.setCounters(4, free: 4)
        let readings = try machine.reading(.cascadeLake)
        readings.step()
        #expect(readings.value(.l3MissesPerSecond) == 800_000)
        #expect(readings.value(.l3HitRatio) == nil)
        #expect(readings.column(.l3HitRatio)?.detail?.contains("does not fit beside") == true)
        #expect(readings.value(.c0Residency) == 0.25)
    }

    @Test func fewDescriptorsCostEveryCPUTheSameEvents() throws {
        let machine = try Self.machine()
        machine.door.limitDescriptors(to: 4 * 6)
        let readings = try machine.reading(.cascadeLake)
        readings.step()
        #expect((0..<4).map { machine.door.openEvents(on: $0).count } == [6, 6, 6, 6])
        #expect(readings.value(.l3HitRatio) == 0.75)
        #expect(
            readings.column(.l3LoadHitsPerSecond)?.detail
                == "the process may not have enough files open for this event")
        #expect(readings.column(.packagePowerWatts)?.detail?.contains("LimitNOFILE") == true)
    }

    @Test func lostCPUIsNoticedAndItsValuesAreLeftOut() throws {
        let machine = try Self.machine()
        let readings = try machine.reading(.cascadeLake)
        readings.step()
        #expect(!readings.sources.hasLostCPU)
        machine.door.setOnline(3, false)
        readings.step()
        #expect(readings.sources.hasLostCPU)
        #expect(readings.value(.instructionsPerCycle, .core(3)) == nil)
        #expect(readings.value(.instructionsPerCycle, .core(2)) == 1.5)
        #expect(readings.column(.instructionsPerCycle)?.detail?.contains("3 of 4 parts") == true)
        #expect(readings.sources.selection.denials(of: .cycles, row: 3).map(\.reason) == ["the CPU went offline"])
        #expect(readings.sources.failedReads == 1)
    }

    @Test func failedReadGivesUpThatCPUForAWhile() throws {
        let machine = try Self.machine()
        let readings = try machine.reading(.cascadeLake)
        readings.step()
        machine.door.refuse(readingOn: 1, with: EIO)
        readings.step(5)
        #expect(readings.sources.failedReads == 1)
        #expect(machine.door.openEvents(on: 1).isEmpty)
        #expect(readings.value(.instructionsPerCycle, .core(1)) == nil)
        #expect(readings.value(.instructionsPerCycle, .core(0)) == 1.5)
        machine.door.refuse(readingOn: 1, with: nil)
        readings.pause(seconds: 30)
        readings.step()
        #expect(readings.value(.instructionsPerCycle, .core(1)) == 1.5)
        #expect(readings.column(.instructionsPerCycle)?.quality == .derived)
    }

    @Test func countersThatHardlyMoveUnderLoadAreFakes() throws {
        for (instructions, isBelieved) in [(UInt64(750_000_000), true), (2700, false)] {
            let machine = try Self.machine()
            machine.door.count(Code.instructions, perSecond: instructions)
            let exercise = LoadExercise { cpu in
                machine.step(nanoseconds: 20_000_000)
                return cpu == 0
            }
            let readings = try machine.reading(.cascadeLake, exercise: exercise)
            readings.step()
            #expect((readings.value(.instructionsPerCycle) != nil) == isBelieved)
            #expect((readings.value(.c0Residency) != nil) == isBelieved)
            #expect(readings.value(.c6Residency) == 0.5)
            if !isBelieved {
                #expect(readings.column(.instructionsPerCycle)?.detail?.contains("hardly move") == true)
                #expect(machine.door.openEvents(on: 1) == [Code.timeStamp])
            }
        }
    }

    @Test func totalsGoOnWhenWhatIsWantedChanges() throws {
        let machine = try Self.machine()
        let layout = try machine.layout
        var source = PerfSource(
            layout: layout, roots: machine.roots, processor: ProcessorDescription(signature: .cascadeLake), door: machine.door)
        let everything = CounterDemand(everythingFor: layout)
        var frame = CounterFrame(rowCount: layout.rowCount)
        func read() {
            machine.step()
            frame.clear(takenAt: machine.time.now)
            source.read(.all, into: &frame)
        }
        source.claim(everything, now: machine.time.now)
        read()
        #expect(frame[1, .instructions] == 7_500_000)
        #expect(frame[4, .timeStamp] == 20_000_000)
        #expect(frame[4, .packageEnergy] == 1 << 32)
        let opened = machine.door.openEventCount
        source.claim(everything, now: machine.time.now)
        #expect(machine.door.openEventCount == opened)

        // Somebody else takes over what cores count; the time stamp and the package stay.
        source.claim(everything.without(.coreCounters), now: machine.time.now)
        #expect((0..<4).allSatisfy { machine.door.openEvents(on: $0).allSatisfy { $0.type >= 9 } })
        read()
        #expect(frame[1, .instructions] == nil)
        #expect(frame[1, .timeStamp] == 40_000_000)
        #expect(frame[4, .timeStamp] == 40_000_000)

        source.claim(everything, now: machine.time.now)
        read()
        #expect(frame[1, .instructions] == 15_000_000)
        #expect(frame[1, .timeStamp] == 60_000_000)
        #expect(frame[4, .packageEnergy] == 3 << 32)

        // The package's time stamp needs a CPU's group even where the CPUs' own comes from elsewhere.
        var ofPackage = everything.without(.coreCounters)
        for row in 0..<4 { ofPackage.remove(.all, row: row) }
        source.claim(ofPackage, now: machine.time.now)
        #expect(machine.door.openEvents(on: 0).contains(Code.timeStamp))
        #expect(machine.door.openEvents(on: 1).isEmpty)
        source.close()
        #expect(machine.door.openEventCount == 0)
    }
}
