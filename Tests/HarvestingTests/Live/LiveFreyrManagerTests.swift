import Harvesting
import Learning
import Testing

/// Freyr's policy on live containers.
@Suite("Freyr on a node")
struct LiveFreyrManagerTests {
    private func manager() throws -> LiveFreyrManager {
        try LiveFreyrManager(policy: try FreyrManager.shippedPolicy().policy)
    }

    private func decide(
        _ manager: inout LiveFreyrManager, user: Resources, use: Resources, had: Resources, free: Resources,
        capacity: Resources
    ) -> AllocationDecision {
        manager.finished(
            FinishedInvocation(
                function: FunctionIndex(0), sequence: 0, user: user, allocated: had, peakUse: use, waitSeconds: 0,
                executionSeconds: 1, completionSeconds: 1, baselineSeconds: 1, endSeconds: 1, safeguarded: false,
                succeeded: true))
        return manager.decide(
            InvocationRequest(function: FunctionIndex(0), user: user, sequence: 1, arrivalSeconds: 1),
            ClusterLoad(unfinishedRequests: 4, free: free, capacity: capacity))
    }

    @Test(arguments: [1, 3, 10])
    func `amounts count as parts of the user's, whatever that is`(factor: Int) throws {
        func scaled(_ millicores: Int, _ mebibytes: Int) -> Resources {
            Resources(millicores: millicores * factor, mebibytes: mebibytes * factor)
        }
        var reference = try manager()
        let expected = decide(
            &reference, user: Resources(millicores: 400, mebibytes: 128), use: Resources(millicores: 100, mebibytes: 128),
            had: Resources(millicores: 400, mebibytes: 128), free: Resources(millicores: 800, mebibytes: 256),
            capacity: Resources(millicores: 2_000, mebibytes: 1_024))
        var other = try manager()
        let decision = decide(
            &other, user: scaled(400, 128), use: scaled(100, 128), had: scaled(400, 128), free: scaled(800, 256),
            capacity: scaled(2_000, 1_024))
        #expect(decision.allocation == Resources(
            millicores: expected.allocation.millicores * factor, mebibytes: expected.allocation.mebibytes * factor))
    }

    @Test func `a container whose user changes its limits begins anew, with the user's amounts`() throws {
        var manager = try manager()
        let user = Resources(millicores: 400, mebibytes: 128)
        _ = decide(
            &manager, user: user, use: Resources(millicores: 50, mebibytes: 20), had: user, free: .zero, capacity: user)
        let other = Resources(millicores: 800, mebibytes: 128)
        let decision = manager.decide(
            InvocationRequest(function: FunctionIndex(0), user: other, sequence: 2, arrivalSeconds: 2),
            ClusterLoad(unfinishedRequests: 1, free: .zero, capacity: other))
        #expect(decision.allocation == other && decision.safeguarded)
    }

    @Test func `what the user has not limited is neither lent nor borrowed`() throws {
        var manager = try manager()
        let user = Resources(millicores: 400, mebibytes: 0)
        let decision = decide(
            &manager, user: user, use: Resources(millicores: 400, mebibytes: 300), had: user,
            free: Resources(millicores: 400, mebibytes: 0), capacity: Resources(millicores: 800, mebibytes: 0))
        #expect(decision.allocation.mebibytes == 0 && decision.allocation.millicores >= 400)
    }
}
