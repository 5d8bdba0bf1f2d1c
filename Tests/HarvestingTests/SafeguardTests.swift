import Harvesting
import Testing

@Suite("The safeguard")
struct SafeguardTests {
    let safeguard = Safeguard()
    static let user = Records.units(4, 4)

    static func history(peak: Resources, allocated: Resources, succeeded: Bool = true) -> FunctionHistory {
        var history = FunctionHistory()
        history.finished(
            Records.finished(0, user: user, allocated: allocated, peak: peak, succeeded: succeeded))
        return history
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        /// Peak and allocation of the last call, in millicores and mebibytes.
        let peak: Resources
        let allocated: Resources
        let least: Resources
        let most: Resources
        let isSafeguarded: Bool
        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "both over-provisioned: down to a step above the peak",
            peak: Resources(millicores: 1_999, mebibytes: 64), allocated: user,
            least: Records.units(2, 2), most: user, isSafeguarded: false),
        Case(
            name: "nine tenths of the user's amount are still over-provisioned",
            peak: Resources(millicores: 3_600, mebibytes: 64), allocated: Records.units(5, 4),
            least: Records.units(4, 2), most: user, isSafeguarded: false),
        Case(
            name: "more than nine tenths: may have more",
            peak: Resources(millicores: 3_601, mebibytes: 64), allocated: user,
            least: Records.units(4, 2), most: Records.units(8, 4), isSafeguarded: false),
        Case(
            name: "a peak above the grid leaves the largest candidate",
            peak: Resources(millicores: 4_000, mebibytes: 512), allocated: Records.units(4, 8),
            least: Records.units(5, 8), most: Records.units(8, 8), isSafeguarded: false),
        Case(
            name: "a spike of CPU gives both resources back",
            peak: Resources(millicores: 1_800, mebibytes: 64), allocated: Records.units(2, 2),
            least: user, most: user, isSafeguarded: true),
        Case(
            name: "a spike of memory leaves an under-provisioned CPU its room",
            peak: Resources(millicores: 4_000, mebibytes: 116), allocated: Records.units(4, 2),
            least: Records.units(5, 4), most: Records.units(8, 4), isSafeguarded: true),
        Case(
            name: "just under nine tenths of the allocation is no spike",
            peak: Resources(millicores: 1_799, mebibytes: 64), allocated: Records.units(2, 2),
            least: Records.units(2, 2), most: user, isSafeguarded: false),
    ]

    @Test(arguments: cases)
    func `ranges follow from the last call`(_ example: Case) {
        let verdict = safeguard.verdict(
            Self.history(peak: example.peak, allocated: example.allocated), user: Self.user)
        #expect(
            verdict
                == SafeguardVerdict(
                    least: example.least, most: example.most, isSafeguarded: example.isSafeguarded))
    }

    @Test func `who used it up in a recent call may have more, though the last one needed little`() {
        var history = Self.history(peak: Records.units(4, 4), allocated: Self.user)
        history.finished(
            Records.finished(
                1, user: Self.user, allocated: Self.user, peak: Resources(millicores: 900, mebibytes: 64)))
        let verdict = safeguard.verdict(history, user: Self.user)
        #expect(verdict == SafeguardVerdict(least: Self.user, most: Records.units(8, 8), isSafeguarded: false))
    }

    @Test func `an unknown function, and one whose last call failed, has its user's amount`() {
        #expect(safeguard.verdict(FunctionHistory(), user: Self.user) == .user(Self.user))
        let failed = Self.history(peak: Records.units(1, 1), allocated: Self.user, succeeded: false)
        #expect(safeguard.verdict(failed, user: Self.user) == .user(Self.user))
    }

    @Test func `a user above the grid is never pressed under its own amount`() {
        let user = Records.units(12, 20)
        var history = FunctionHistory()
        history.finished(Records.finished(0, user: user, allocated: user, peak: Records.units(11, 19)))
        let verdict = safeguard.verdict(history, user: user)
        #expect(verdict.least == user && verdict.most == user && !verdict.isSafeguarded)
        #expect(verdict.candidates(of: .published) == 1 << 63)
        #expect(verdict.allocation(of: 63, in: .published) == user)
    }

    @Test func `a resource that the user has not limited is neither lent nor borrowed, and no spike`() {
        let user = Resources(millicores: 4_000, mebibytes: 0)
        for mebibytes in [0, 100] {
            var history = FunctionHistory()
            history.finished(
                Records.finished(
                    0, user: user, allocated: user, peak: Resources(millicores: 500, mebibytes: mebibytes)))
            let verdict = safeguard.verdict(history, user: user)
            #expect(verdict.least == Resources(millicores: 1_000, mebibytes: 0))
            #expect(verdict.most == user && !verdict.isSafeguarded)
        }
    }

    @Test func `candidates are the grid's within both ranges`() {
        let verdict = SafeguardVerdict(least: Records.units(2, 1), most: Records.units(3, 4), isSafeguarded: false)
        let mask = verdict.candidates(of: .published)
        for index in 0..<AllocationGrid.count {
            let allowed = (2...3).contains(AllocationGrid.cpuSteps(of: index))
                && (1...4).contains(AllocationGrid.memorySteps(of: index))
            #expect((mask >> UInt64(index) & 1 == 1) == allowed, "candidate \(index)")
        }
        let all = SafeguardVerdict(least: Records.units(1, 1), most: Records.units(8, 8), isSafeguarded: false)
        #expect(all.candidates(of: .published) == .max)
    }

    @Test func `between two candidates the next higher stands for the user's amount`() {
        let user = Resources(millicores: 1_500, mebibytes: 100)
        let verdict = SafeguardVerdict.user(user)
        let mask = verdict.candidates(of: .published)
        #expect(mask == 1 << UInt64(AllocationGrid.index(cpu: 2, memory: 2)))
        #expect(verdict.allocation(of: mask.trailingZeroBitCount, in: .published) == user)
    }
}
