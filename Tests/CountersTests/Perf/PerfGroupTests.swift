import Testing

@testable import Counters

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Groups against a scripted kernel.
struct PerfGroupTests {
    private static let cycles = PerfRequest.hardware(.cycles, 1)
    private static let instructions = PerfRequest.hardware(.instructions, 2)
    private static let timeStamp = PerfRequest.software(.timeStamp, 3)
    private static let misses = PerfRequest.hardware(.l3Misses, 4)
    private static let references = PerfRequest.hardware(.l3References, 5, .welcome)
    private static let loadMisses = PerfRequest.hardware(.l3LoadMisses, 6, .spare)
    private static let loadHits = PerfRequest.hardware(.l3LoadHits, 7, .spare)
    private static let all = [cycles, instructions, timeStamp, misses, references, loadMisses, loadHits]

    /// 2 GHz, C0 of 1/4, IPC of 3/2 on every CPU.
    private static func machine(cpus: Range<Int> = 0..<2) -> ScriptedPerfDoor {
        let door = ScriptedPerfDoor(cpus: cpus)
        door.count(cycles.code, perSecond: 500_000_000)
        door.count(instructions.code, perSecond: 750_000_000)
        door.count(timeStamp.code, perSecond: 2_000_000_000)
        for (index, request) in [misses, references, loadMisses, loadHits].enumerated() {
            door.count(request.code, perSecond: 100_000 * UInt64(index + 1))
        }
        return door
    }

    private static let tenMilliseconds: UInt64 = 10_000_000
    private static func words() -> [UInt64] { Array(repeating: 0, count: 16) }

    @Test func groupCountsAllItsMembersOverTheSameTime() throws {
        let door = Self.machine()
        door.count(Self.cycles.code, perSecond: 1_000_000_000, on: 1)
        var words = Self.words()
        var groups = try (0..<2).map { try PerfGroup(Self.all, cpu: $0, door: door) }
        door.advance(nanoseconds: Self.tenMilliseconds)
        #expect(groups[0].read(into: &words) == .counted)
        #expect(groups[1].read(into: &words) == .counted)
        #expect(door.reads == 2)
        #expect(groups[0].members == Self.all)
        #expect(groups[0].omissions.isEmpty)
        #expect(groups[0].totals == [5_000_000, 7_500_000, 20_000_000, 1000, 2000, 3000, 4000])
        #expect(groups[1].totals[0] == 10_000_000)
        door.advance(nanoseconds: Self.tenMilliseconds)
        #expect(groups[0].read(into: &words) == .counted)
        #expect(groups[0].totals == [10_000_000, 15_000_000, 40_000_000, 2000, 4000, 6000, 8000])
        for group in groups { group.close() }
        #expect(door.openEventCount == 0)
    }

    @Test func multiplexedCountsAreScaledByEachIntervalsOwnShare() throws {
        let door = Self.machine()
        var words = Self.words()
        var group = try PerfGroup([Self.cycles, Self.instructions], cpu: 0, door: door)
        door.share(1, of: 4, on: 0)
        door.advance(nanoseconds: Self.tenMilliseconds)
        #expect(group.read(into: &words) == .multiplexed)
        #expect(group.totals == [5_000_000, 7_500_000])
        // All of the time at three times the rate: the quotient since the group was opened would give 24 million.
        door.share(1, of: 1, on: 0)
        door.count(Self.cycles.code, perSecond: 1_500_000_000)
        door.advance(nanoseconds: Self.tenMilliseconds)
        #expect(group.read(into: &words) == .counted)
        #expect(group.totals == [20_000_000, 15_000_000])
    }

    @Test func groupThatNeverRanHasNoValue() throws {
        let door = Self.machine()
        var words = Self.words()
        var group = try PerfGroup([Self.cycles], cpu: 0, door: door)
        door.advance(nanoseconds: Self.tenMilliseconds)
        #expect(group.read(into: &words) == .counted)
        door.share(0, of: 1, on: 0)
        door.advance(nanoseconds: Self.tenMilliseconds)
        #expect(group.read(into: &words) == .notRunning)
        #expect(group.totals == [5_000_000])
        // What it missed counts as if it had gone on alike: 20 ms at the rate of the 5 ms seen.
        door.share(1, of: 2, on: 0)
        door.advance(nanoseconds: Self.tenMilliseconds)
        #expect(group.read(into: &words) == .multiplexed)
        #expect(group.totals == [15_000_000])
        #expect(group.read(into: &words) == .notRunning)
    }

    @Test func eventsThatDoNotFitAreLeftOutFromTheEnd() throws {
        let door = Self.machine()
        door.takeNoCounter(type: 1)
        for counters in 1...6 {
            door.setCounters(counters, free: .max)
            let group = try PerfGroup(Self.all, cpu: 0, door: door)
            let fitting = Self.all.filter { $0 != Self.timeStamp }.prefix(counters)
            #expect(group.members == Self.all.filter { $0 == Self.timeStamp || fitting.contains($0) })
            #expect(group.omissions.map(\.request) == Self.all.filter { !group.members.contains($0) })
            #expect(group.omissions.allSatisfy { $0.refusal.errno.number == EINVAL })
            group.close()
        }
    }

    @Test func groupLargerThanWhatOthersLeaveOpensAndNeverRuns() throws {
        let door = Self.machine()
        door.setCounters(4, free: 3)
        var words = Self.words()
        var whole = try PerfGroup([Self.cycles, Self.instructions, Self.misses, Self.references], cpu: 0, door: door)
        var smaller = try PerfGroup([Self.cycles, Self.instructions, Self.misses], cpu: 0, door: door)
        door.advance(nanoseconds: Self.tenMilliseconds)
        #expect(whole.read(into: &words) == .notRunning)
        #expect(smaller.read(into: &words) == .counted)
    }

    @Test(arguments: [ENOENT, EINVAL, EOPNOTSUPP, EBUSY])
    func eventThatIsRefusedAloneIsLeftOutAlone(_ number: Int32) throws {
        let door = Self.machine()
        door.refuse(opening: Self.cycles.code, with: number)
        var words = Self.words()
        var group = try PerfGroup(Self.all, cpu: 0, door: door)
        #expect(group.members == Array(Self.all.dropFirst()))
        #expect(group.omissions.map(\.request) == [Self.cycles])
        #expect(group.omissions.first?.refusal.errno.number == number)
        door.advance(nanoseconds: Self.tenMilliseconds)
        #expect(group.read(into: &words) == .counted)
        #expect(group.totals[0] == 7_500_000)
    }

    @Test(arguments: [EACCES, EPERM, ENOSYS, ENODEV, EMFILE, ENFILE, ENOMEM])
    func refusalThatMeetsEveryEventEndsTheAttempt(_ number: Int32) {
        let door = Self.machine()
        door.refuse(opening: Self.misses.code, with: number)
        #expect(throws: PerfRefusal(event: "l3Misses", cpu: 0, errno: PerfErrno(number: number))) {
            try PerfGroup(Self.all, cpu: 0, door: door)
        }
        #expect(door.openEventCount == 0)
    }

    @Test func firstRefusalIsToldWhenNothingOpens() {
        let door = ScriptedPerfDoor(cpus: 0..<2)
        door.refuse(opening: Self.cycles.code, with: EBUSY)
        #expect(throws: PerfRefusal(event: "cycles", cpu: 0, errno: PerfErrno(number: EBUSY))) {
            try PerfGroup(Self.all, cpu: 0, door: door)
        }
        #expect(throws: PerfRefusal(event: "cycles", cpu: 5, errno: PerfErrno(number: EINVAL))) {
            try PerfGroup(Self.all, cpu: 5, door: door)
        }
    }

    @Test func pinnedGroupThatLosesItsCountersIsLost() throws {
        let door = Self.machine()
        var words = Self.words()
        var pinned = try PerfGroup([Self.cycles], cpu: 0, door: door, isPinned: true)
        var flexible = try PerfGroup([Self.cycles], cpu: 0, door: door)
        door.evictPinned(on: 0)
        door.advance(nanoseconds: Self.tenMilliseconds)
        #expect(pinned.read(into: &words) == .lost(.evicted))
        #expect(flexible.read(into: &words) == .counted)
    }

    @Test func cpuThatGoesOfflinePartsItsGroup() throws {
        let door = Self.machine()
        var words = Self.words()
        var groups = try (0..<2).map { try PerfGroup(Self.all, cpu: $0, door: door) }
        door.setOnline(1, false)
        door.advance(nanoseconds: Self.tenMilliseconds)
        #expect(groups[0].read(into: &words) == .counted)
        #expect(groups[1].read(into: &words) == .lost(.detached))
        #expect(throws: PerfRefusal(event: "cycles", cpu: 1, errno: PerfErrno(number: ENODEV))) {
            try PerfGroup(Self.all, cpu: 1, door: door)
        }
        door.setOnline(1, true)
        groups[1].close()
        groups[1] = try PerfGroup(Self.all, cpu: 1, door: door)
        door.advance(nanoseconds: Self.tenMilliseconds)
        #expect(groups[1].read(into: &words) == .counted)
        #expect(groups[1].totals[0] == 5_000_000)
    }

    @Test func readThatFailsLosesTheGroup() throws {
        let door = Self.machine()
        var words = Self.words()
        var group = try PerfGroup(Self.all, cpu: 0, door: door)
        door.refuse(readingOn: 0, with: EIO)
        #expect(group.read(into: &words) == .lost(.failed(PerfErrno(number: EIO))))
        door.refuse(readingOn: 0, with: nil)
        var short: [UInt64] = Array(repeating: 0, count: 9)
        #expect(group.read(into: &short) == .lost(.failed(PerfErrno(number: ENOSPC))))
    }

    @Test func countersThatAreSetAnewLeaveTheTotals() throws {
        let door = Self.machine()
        var words = Self.words()
        var group = try PerfGroup([Self.cycles, Self.instructions], cpu: 0, door: door)
        door.advance(nanoseconds: Self.tenMilliseconds)
        #expect(group.read(into: &words) == .counted)
        door.setCount(of: Self.cycles.code, on: 0, to: 3)
        door.advance(nanoseconds: Self.tenMilliseconds / 10)
        #expect(group.read(into: &words) == .setBack)
        #expect(group.totals == [5_000_000, 7_500_000])
        door.advance(nanoseconds: Self.tenMilliseconds)
        #expect(group.read(into: &words) == .counted)
        #expect(group.totals == [10_000_000, 15_000_000])
    }

    @Test func scarceDescriptorsCostTheLeastWantedEventsOnEveryCPU() {
        let door = Self.machine(cpus: 0..<4)
        let wanted = (0..<4).map { (cpu: $0, requests: Self.all) }
        for (limit, necessity, members) in [
            (28, PerfNecessity.spare, 7), (27, .welcome, 5), (20, .welcome, 5), (19, .needed, 4), (16, .needed, 4),
        ] {
            door.limitDescriptors(to: limit)
            let opened = PerfGroup.open(wanted, door: door)
            #expect(opened.groups.map(\.cpu) == [0, 1, 2, 3])
            #expect(opened.groups.allSatisfy { $0.members == Array(Self.all.prefix(members)) })
            #expect(opened.refusals.isEmpty)
            #expect(opened.necessity == necessity)
            for group in opened.groups { group.close() }
        }
        door.limitDescriptors(to: 15)
        let opened = PerfGroup.open(wanted, door: door)
        #expect(opened.groups.map(\.cpu) == [0, 1, 2])
        #expect(opened.refusals.map(\.cpu) == [3])
        #expect(opened.refusals.first?.errno.number == EMFILE)
        #expect(door.openEventCount == 12)
    }

    @Test func refusalOfOneCPULeavesTheOthersAsTheyAre() {
        let door = Self.machine(cpus: 0..<3)
        door.setOnline(1, false)
        let opened = PerfGroup.open((0..<3).map { ($0, Self.all) } + [(0, [])], door: door)
        #expect(opened.groups.map(\.cpu) == [0, 2])
        #expect(opened.groups.allSatisfy { $0.members == Self.all })
        #expect(opened.refusals == [PerfRefusal(event: "cycles", cpu: 1, errno: PerfErrno(number: ENODEV))])
    }

    private static let scalings: [(UInt64, UInt64, UInt64, UInt64?)] = [
        (100, 10, 10, 100), (100, 10, 11, 100), (100, 40, 10, 400), (100, 10, 0, nil), (10, 10, 3, 33), (10, 10, 4, 25),
        (5, 3, 2, 8), (0, 10, 1, 0), (.max, 2, 1, .max), (.max, .max, .max - 1, .max),
        (1 << 40, 1 << 40, 1 << 30, 1 << 50), (.max - 1, 1 << 33, (1 << 33) - 1, .max),
    ]

    @Test(arguments: scalings)
    func countsAreScaledToTheNearestWholeNumber(_ count: UInt64, enabled: UInt64, running: UInt64, scaled: UInt64?) {
        #expect(PerfScaling.scaled(count, enabled: enabled, running: running) == scaled)
    }
}
