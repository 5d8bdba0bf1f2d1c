import Measures
import Registers
import Testing
import Topology

@testable import Counters

/// What an interval of one CPU is believed, count by count.
struct PlausibilityTests {
    private static let layout = FrameLayout(
        topology: ProcessorTopology(cpus: [LogicalCPU(number: 0, package: 0, siblings: [0])]))

    /// The interval of 10 ms in which the CPU's counters went on by `counts`.
    private func interval(_ counts: [Quantity: UInt64], seconds: Double = 0.01) -> Interval {
        var sources: [any CounterSource] = []
        let start = MonotonicInstant(nanoseconds: 1_000_000_000)
        let selection = SourceSelection(
            layout: Self.layout, sources: &sources, liveness: Liveness(sources: 0), now: start)
        var before = CounterFrame(rowCount: Self.layout.rowCount)
        var after = before
        before.clear(takenAt: start)
        after.clear(takenAt: start.advanced(byNanoseconds: UInt64((seconds * 1e9).rounded())))
        for (quantity, count) in counts {
            before[0, quantity] = 1 << 40
            after[0, quantity] = 1 << 40 + count
        }
        var interval = Interval(rowCount: Self.layout.rowCount)
        interval.measure(
            Cadence.tick.quantities, from: before, to: after, selection: selection, timeStampHertz: 2e9,
            gate: PlausibilityGate())
        return interval
    }

    /// The quantities of `counts` that are believed.
    private func believed(_ counts: [Quantity: UInt64], seconds: Double = 0.01) -> Set<Quantity> {
        let interval = interval(counts, seconds: seconds)
        let believed = Set(counts.keys.filter { interval[0, $0] != nil })
        if seconds >= 0.01 { #expect(interval.tally.implausible == counts.count - believed.count) }
        return believed
    }

    @Test(arguments: [(.cycles, .referenceCycles), (.actualClock, .maximumClock)] as [(Quantity, Quantity)])
    func coreClockThatRunsAwayFromTheOtherIsBelievedNowhere(_ actual: Quantity, _ nominal: Quantity) {
        // Neither clock is too fast for an interval of 20 million ticks; together they are.
        let slack: UInt64 = 20_000
        #expect(believed([.timeStamp: 20_000_000, actual: 10_000_000 + slack, nominal: 5_000_000]).count == 3)
        #expect(believed([.timeStamp: 20_000_000, actual: 10_000_001 + slack, nominal: 5_000_000]) == [.timeStamp])
        // Without a time stamp the two are compared all the same.
        #expect(believed([actual: 10_000_000 + slack, nominal: 5_000_000]) == [actual, nominal])
        #expect(believed([actual: 10_000_001 + slack, nominal: 5_000_000]).isEmpty)
    }

    @Test func instructionsOfCyclesThatAreNotBelievedAreNotEither() {
        let counts: [Quantity: UInt64] = [
            .timeStamp: 20_000_000, .cycles: 18_000_000, .referenceCycles: 5_000_000, .instructions: 7_500_000,
            .l3Misses: 2_000,
        ]
        #expect(believed(counts) == [.timeStamp, .l3Misses])
    }

    /// Limits of 10 ms: 2 x 20 million ticks or, without them, 60 million cycles of the fastest clock that there is.
    @Test(arguments: [
        .cycles, .actualClock, .l3Misses, .l3References, .l3LoadMisses, .l3LoadHits, .memoryFills,
    ] as [Quantity])
    func countersAreJudgedByTheClockWhereTheTimeStampIsAbsent(_ quantity: Quantity) {
        #expect(believed([.timeStamp: 20_000_000, quantity: 40_020_000]) == [.timeStamp, quantity])
        #expect(believed([.timeStamp: 20_000_000, quantity: 40_020_001]) == [.timeStamp])
        #expect(believed([quantity: 60_020_000]) == [quantity])
        #expect(believed([quantity: 60_020_001]).isEmpty)
        #expect(believed([quantity: 600_020_000], seconds: 0.1) == [quantity])
    }

    @Test(arguments: [.referenceCycles, .maximumClock, .coreC1, .coreC3, .coreC6, .coreC7] as [Quantity])
    func timesInAStateAreJudgedByTheClockWhereTheTimeStampIsAbsent(_ quantity: Quantity) {
        #expect(believed([.timeStamp: 20_000_000, quantity: 20_420_000]) == [.timeStamp, quantity])
        #expect(believed([.timeStamp: 20_000_000, quantity: 20_420_001]) == [.timeStamp])
        #expect(believed([quantity: 60_020_000]) == [quantity])
        #expect(believed([quantity: 60_020_001]).isEmpty)
    }

    @Test func instructionsWithoutCyclesAreJudgedByTheMostThatThereCanHaveBeen() {
        #expect(believed([.timeStamp: 20_000_000, .instructions: 8 * 40_020_000 + 20_000]).contains(.instructions))
        #expect(!believed([.timeStamp: 20_000_000, .instructions: 8 * 40_020_000 + 20_001]).contains(.instructions))
        #expect(believed([.instructions: 8 * 60_020_000 + 20_000]) == [.instructions])
        #expect(believed([.instructions: 8 * 60_020_000 + 20_001]).isEmpty)
    }

    @Test func intervalThatIsTooShortForARateIsBelievedNowhere() {
        #expect(believed([.timeStamp: 1_000_000, .cycles: 5_000], seconds: 0.0005).count == 2)
        #expect(believed([.timeStamp: 999_999, .cycles: 5_000], seconds: 0.0005).isEmpty)
        // A million cycles of the fastest clock take 167 us.
        #expect(believed([.cycles: 5_000], seconds: 0.000_167) == [.cycles])
        #expect(believed([.cycles: 5_000], seconds: 0.000_166).isEmpty)
    }

    @Test func clocksAreAtOddsOnlyWhereThereAreTwo() {
        let rows = 0..<1
        #expect(interval([.timeStamp: 20_000_000, .referenceCycles: 30_000_000]).areClocksAtOdds(rows: rows))
        #expect(!interval([.timeStamp: 20_000_000, .referenceCycles: 5_000_000]).areClocksAtOdds(rows: rows))
        #expect(!interval([.referenceCycles: 70_000_000]).areClocksAtOdds(rows: rows))
        #expect(!interval([.cycles: 5_000_000]).areClocksAtOdds(rows: rows))
    }

    @Test func guestWithoutATimeStampDropsWhatNoClockCanHaveCounted() throws {
        let machine = try PerfMachine()
        try machine.tree.addUnit("cpu", type: 4, ["format/event": "config:0-7", "format/umask": "config:8-15"])
        for (code, perSecond): (PerfEventCode, UInt64) in [
            (PerfMachine.Code.cycles, 500_000_000), (PerfMachine.Code.instructions, 750_000_000),
            (PerfMachine.Code.cacheMisses, 200_000), (PerfMachine.Code.cacheReferences, 800_000),
        ] { machine.door.count(code, perSecond: perSecond) }
        let readings = try machine.reading(.cascadeLake)
        readings.step()
        #expect(readings.column(.c0Residency)?.quality == .unavailable)
        #expect(readings.value(.instructionsPerCycle, .core(1)) == 1.5)
        machine.door.setCount(of: PerfMachine.Code.cycles, on: 1, to: 1 << 44)
        readings.step()
        #expect(readings.value(.instructionsPerCycle, .core(1)) == nil)
        #expect(readings.value(.l3MissesPerSecond, .core(1)) == 200_000)
        #expect(readings.value(.instructionsPerCycle, .core(0)) == 1.5)
        readings.step()
        #expect(readings.value(.instructionsPerCycle, .core(1)) == 1.5)
    }
}
