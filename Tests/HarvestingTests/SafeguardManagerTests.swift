import Harvesting
import Testing

@Suite("The stock rule")
struct SafeguardManagerTests {
    static let user = Records.units(4, 4)

    static func decision(peak: Resources, allocated: Resources) -> AllocationDecision {
        var manager = SafeguardManager()
        manager.finished(Records.finished(0, user: user, allocated: allocated, peak: peak))
        return manager.decide(Records.request(0, user: user, sequence: 1), Records.load)
    }

    @Test func `an unknown function has its user's amounts`() {
        var manager = SafeguardManager()
        let decision = manager.decide(Records.request(0, user: Self.user), Records.load)
        #expect(decision == AllocationDecision(Self.user, safeguarded: true, returnsOnDemand: true))
    }

    @Test func `it lends down to a step above the peak, and asks for twice what is used up`() {
        let decision = Self.decision(
            peak: Resources(millicores: 1_200, mebibytes: 256), allocated: Self.user)
        #expect(decision.allocation == Records.units(2, 8))
        #expect(decision.returnsOnDemand && !decision.safeguarded)
    }

    @Test func `who borrows more than it uses keeps a step above its peak`() {
        let decision = Self.decision(
            peak: Resources(millicores: 4_500, mebibytes: 64), allocated: Records.units(8, 4))
        #expect(decision.allocation == Records.units(5, 2))
    }

    @Test func `a spike gives everything back`() {
        let decision = Self.decision(peak: Records.units(2, 1), allocated: Records.units(2, 2))
        #expect(decision.safeguarded && decision.allocation == Self.user)
    }
}
