import Harvesting
import Testing

@Suite("The fixed manager")
struct FixedManagerTests {
    let load = ClusterLoad(unfinishedRequests: 0, free: Resources(millicores: 8_000, mebibytes: 2_048))

    func request(_ user: Resources) -> InvocationRequest {
        InvocationRequest(function: FunctionIndex(0), user: user, sequence: 0, arrivalSeconds: 0)
    }

    @Test func `what the user defined is given`() {
        let user = Resources(millicores: 2_500, mebibytes: 192)
        #expect(FixedManager().decide(request(user), load) == AllocationDecision(user))
    }

    @Test func `CPU follows memory where platforms tie them`() {
        let decision = FixedManager(rule: .proportional(millicoresPerGibibyte: 2_000))
            .decide(request(Resources(millicores: 7_000, mebibytes: 512)), load)
        #expect(decision.allocation == Resources(millicores: 1_000, mebibytes: 512))
    }

    @Test func `a Lambda of one core has 1769 megabytes`() {
        let decision = FixedManager(rule: .lambda).decide(request(Resources(millicores: 0, mebibytes: 1_769)), load)
        #expect(decision.allocation.millicores == 1_000)
    }
}
