import Measures
import Testing
import Topology
import Workflows

/// Failures, time-outs, callbacks that come twice, late or never, and cancellation.
@Suite struct RunMachineFaultTests {
    private let patient =
        "name: w\ntimeout: 1m\nsteps: [{id: a, function: f, timeout: 10s, retries: 2, retry-delay: 1s}]"

    private func fail(
        _ run: inout Rehearsal, _ invocation: Invocation, transient: Bool = true, _ text: String = "is away"
    ) {
        run.handle(.failed(invocation.attempt, InvocationFailure(isTransient: transient, text)))
    }

    @Test func aFailedAttemptIsRepeatedAfterADelayThatDoubles() throws {
        var run = try Rehearsal(patient)
        fail(&run, run.sent[0])
        #expect(run.sent.count == 1)
        #expect(run.machine.nextDeadline == Rehearsal.at(1))
        run.now = 1
        run.handle(.timePassed)
        #expect(run.sent.map(\.attempt.attempt) == [1, 2])
        #expect(run.sent[0].attempt.call == run.sent[1].attempt.call)
        run.answer(run.sent[1], "no", status: 503)
        #expect(run.machine.nextDeadline == Rehearsal.at(3))
        run.now = 3
        run.handle(.timePassed)
        #expect(run.sent.map(\.attempt.attempt) == [1, 2, 3])
        run.answer(run.sent[2], "out of\nluck", status: 500)
        #expect(
            run.ends == [.failed("step a failed after 3 attempts: function f answered 500: out of luck")])
        #expect(run.machine.spans.map(\.failure) == ["is away", "answered 503: no", "answered 500: out of luck"])
    }

    @Test(arguments: [400, 404, 413])
    func aRequestThatIsWrongIsNotRepeated(status: Int) throws {
        var run = try Rehearsal(patient)
        run.answer(run.sent[0], "", status: status)
        #expect(run.ends == [.failed("step a failed: function f answered \(status)")])
    }

    @Test(arguments: [408, 429, 500, 502, 503])
    func whatMayPassIsRepeated(status: Int) throws {
        var run = try Rehearsal(patient)
        run.answer(run.sent[0], "", status: status)
        #expect(run.ends.isEmpty)
        #expect(run.machine.nextDeadline == Rehearsal.at(1))
    }

    @Test func whatCannotPassIsNotRepeated() throws {
        var run = try Rehearsal(patient)
        fail(&run, run.sent[0], transient: false, "is not deployed")
        #expect(run.ends == [.failed("step a failed: function f is not deployed")])
    }

    @Test func anAnswerThatNeverComesIsATimeOutAndIsAskedForAgain() throws {
        var run = try Rehearsal(patient)
        #expect(run.machine.nextDeadline == Rehearsal.at(10))
        run.now = 10
        run.handle(.timePassed)
        #expect(run.machine.nextDeadline == Rehearsal.at(11))
        run.now = 11
        run.handle(.timePassed)
        #expect(run.sent.count == 2)
        run.now = 21
        run.handle(.timePassed)
        run.now = 23
        run.handle(.timePassed)
        run.now = 33
        run.handle(.timePassed)
        #expect(run.ends == [.failed("step a failed after 3 attempts: function f did not answer within 10.0 s")])
    }

    @Test func anAnswerThatComesTwiceCountsOnce() throws {
        var run = try Rehearsal("name: w\nsteps: [{id: a, function: f, mode: async}, {id: b, after: [a], function: g}]")
        run.answer(run.sent[0], "1")
        run.answer(run.sent[0], "2")
        run.answer(run.sent[0], "late failure", status: 500)
        #expect(run.functions == ["f", "g"])
        #expect(try run.input("g") == "1")
        #expect(run.machine.spans.count == 1)
    }

    @Test func theAnswerToAnAttemptThatWasGivenUpIsStillAnAnswer() throws {
        var run = try Rehearsal(patient)
        run.now = 10
        run.handle(.timePassed)
        run.answer(run.sent[0], "late")
        #expect(run.ends.map(\.text) == ["late"])

        var again = try Rehearsal(patient)
        again.now = 10
        again.handle(.timePassed)
        again.now = 11
        again.handle(.timePassed)
        again.answer(again.sent[0], "late")
        #expect(again.ends.map(\.text) == ["late"])
        again.answer(again.sent[1], "too late")
        #expect(again.ends.count == 1)
    }

    @Test func theFailureOfAnAttemptThatWasGivenUpIsNotTheNextOnes() throws {
        var run = try Rehearsal(patient)
        run.now = 10
        run.handle(.timePassed)
        run.answer(run.sent[0], "", status: 500)
        run.now = 11
        run.handle(.timePassed)
        run.answer(run.sent[0], "", status: 500)
        fail(&run, run.sent[0])
        #expect(run.machine.nextDeadline == Rehearsal.at(21))
        run.answer(run.sent[1], "ok")
        #expect(run.ends.map(\.text) == ["ok"])
    }

    @Test func theTimeOutOfTheWorkflowEndsEverything() throws {
        var run = try Rehearsal("name: w\ntimeout: 5s\nsteps: [{id: a, function: f}, {id: b, function: g}]")
        #expect(run.machine.nextDeadline == Rehearsal.at(5))
        run.now = 1
        try run.answer("f", "1")
        run.now = 5
        run.handle(.timePassed)
        #expect(run.ends == [.failed("workflow w took longer than its time-out of 5.0 s")])
        #expect(run.machine.spans.map(\.failure) == [nil, "the run ended"])
        try run.answer("g", "1")
        #expect(run.ends.count == 1)
    }

    @Test func answersThatAreTooMuchTogetherEndTheRun() throws {
        var run = try Rehearsal("name: w\nsteps: [{id: a, function: f}, {id: b, function: g}]")
        let half = String(repeating: "1", count: RunMachine.maximumAnswerBytes / 2)
        try run.answer("f", half)
        #expect(run.ends.isEmpty)
        try run.answer("g", half + "1")
        #expect(run.ends.map(\.text).first?.hasPrefix("failed: the answers of workflow w have more than 67108864") == true)
        #expect(run.machine.spans.map(\.failure) == [nil, nil])
    }

    @Test func aFailureEndsWhatRunsBesideItAndSendsNothingMore() throws {
        var run = try Rehearsal(
            "name: w\nsteps: [{id: e, foreach: {width: 2, steps: [{id: a, function: f}]}}]", input: "[1,2,3,4]")
        run.answer(run.sent[0], "no", status: 400)
        #expect(run.ends == [.failed("step e[0].a failed: function f answered 400: no")])
        run.answer(run.sent[1], "1")
        run.handle(.timePassed)
        #expect(run.sent.count == 2)
        #expect(run.ends.count == 1)
    }

    @Test func aRunThatIsCancelledSaysWhy() throws {
        var run = try Rehearsal(patient)
        run.now = 4
        run.handle(.cancelled(reason: "the operator cancelled it"))
        #expect(run.ends == [.cancelled("the operator cancelled it")])
        #expect(run.machine.spans.map { $0.end.seconds(since: $0.start) } == [4])
        run.handle(.cancelled(reason: "again"))
        #expect(run.ends.count == 1)
    }

    @Test func whatBelongsToNoCallOfTheRunIsIgnored() throws {
        var run = try Rehearsal(patient)
        let answer = FunctionAnswer(status: 200, body: [], functionSeconds: nil)
        run.handle(.answered(CallAttempt(CallID(run: RunID(rawValue: "r2"), number: 0), attempt: 1), answer))
        run.handle(.answered(CallAttempt(CallID(run: RunID(rawValue: "r1"), number: 7), attempt: 1), answer))
        run.handle(.answered(CallAttempt(CallID(run: RunID(rawValue: "r1"), number: -1), attempt: 1), answer))
        #expect(run.ends.isEmpty)
        #expect(run.machine.spans.isEmpty)
    }
}
