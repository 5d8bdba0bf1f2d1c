import Harvesting
import Measures
import Testing

/// Means of relative execution time that the published simulator gave, measured with its classes unchanged and its decision
/// loop rewritten rule by rule (release of 2023-02-26, Python 3.11, PyTorch 2.15). `Fixtures/README.md` says what the traces
/// are.
struct RecordedRun: CustomTestStringConvertible, Sendable {
    let trace: Int
    let userUnits: Int
    let fixed, greedy, ensure: Double

    var testDescription: String { "trace \(trace), user's amounts \(userUnits)" }

    static let all = [
        RecordedRun(trace: 0, userUnits: 5, fixed: 1, greedy: 0.5649, ensure: 0.8124),
        RecordedRun(trace: 0, userUnits: 1, fixed: 1, greedy: 0.7205, ensure: 0.9632),
        RecordedRun(trace: 1, userUnits: 5, fixed: 1, greedy: 0.6975, ensure: 0.8569),
        RecordedRun(trace: 1, userUnits: 1, fixed: 1, greedy: 0.8810, ensure: 0.9560),
        RecordedRun(trace: 2, userUnits: 5, fixed: 1, greedy: 0.7098, ensure: 0.8945),
        RecordedRun(trace: 2, userUnits: 1, fixed: 1, greedy: 0.8830, ensure: 0.9700),
        RecordedRun(trace: 3, userUnits: 5, fixed: 1, greedy: 0.4529, ensure: 0.6459),
        RecordedRun(trace: 3, userUnits: 1, fixed: 1, greedy: 0.4453, ensure: 0.6970),
    ]

    func mean(seed: UInt64 = 1, _ manager: some ResourceManager) throws -> Double {
        try outcome(seed: seed, manager).meanRelativeExecutionTime
    }

    func outcome(seed: UInt64 = 1, _ manager: some ResourceManager) throws -> ReferencePort.Outcome {
        var manager = manager
        return ReferencePort.run(
            try ReferencePort.trace(trace), userUnits: userUnits, seed: seed, with: &manager)
    }
}

@Suite("Recorded runs of the published simulator (Golden)")
struct ReferenceGoldenTests {
    /// Half of the last of the four digits.
    static let tolerance = 0.00005

    @Test(arguments: RecordedRun.all)
    func `Fixed gives the recorded mean`(_ run: RecordedRun) throws {
        #expect(abs(try run.mean(FixedManager()) - run.fixed) < Self.tolerance)
    }

    @Test(arguments: RecordedRun.all)
    func `Greedy with the simulator's step of two gives the recorded mean`(_ run: RecordedRun) throws {
        #expect(abs(try run.mean(GreedyManager(stepsAtOnce: 2)) - run.greedy) < Self.tolerance)
    }

    /// In this model a call takes as long as its allocation says, so no latency ever degrades and ENSURE has no cause to act.
    /// The recorded figures come from comparing with a duration that only the model knows.
    @Test(arguments: RecordedRun.all)
    func `ENSURE differs because the published one compares with the model's shortest duration`(_ run: RecordedRun) throws {
        #expect(try run.mean(ENSUREManager()) == 1)
        let withoutIt = ReleasedENSURE.Defects.all.subtracting(.knowsShortestDuration)
        #expect(try run.mean(ReleasedENSURE(withoutIt)) == 1)
        #expect(try run.mean(ReleasedENSURE(.knowsShortestDuration)) < 0.995)
    }

    @Test(arguments: RecordedRun.all.dropLast())
    func `ENSURE with its published defects gives the recorded mean`(_ run: RecordedRun) throws {
        let outcome = try run.outcome(ReleasedENSURE(.all))
        #expect(!outcome.hasQueued)
        #expect(abs(outcome.meanRelativeExecutionTime - run.ensure) < Self.tolerance)
    }

    @Test(arguments: RecordedRun.all)
    func `the shared counter and the foreign decisions are part of it`(_ run: RecordedRun) throws {
        for defect in [ReleasedENSURE.Defects.sharedCounter, .repeatsForeignDecision] {
            let mean = try run.mean(ReleasedENSURE(.all.subtracting(defect)))
            #expect(abs(mean - run.ensure) > 0.002)
        }
    }

    /// The one run in which no server has room, so that a random one is drawn and runs no longer repeat: the recorded mean
    /// lies among ours.
    @Test func `where a queue forms, the recorded mean is one of many`() throws {
        let run = try #require(RecordedRun.all.last)
        var means: [Double] = []
        for seed in UInt64(1)...12 {
            let outcome = try run.outcome(seed: seed, ReleasedENSURE(.all))
            #expect(outcome.hasQueued)
            means.append(outcome.meanRelativeExecutionTime)
        }
        let least = try #require(means.min()), most = try #require(means.max())
        #expect(least <= run.ensure && run.ensure <= most)
        #expect(most - least < 0.006)
    }

    /// Of the same calls, with latencies that do degrade and a cluster that is full at times.
    @Test(arguments: UInt64(1)...5)
    func `without its defects the published ENSURE decides as ours`(seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: "ensure")
        var ours = ENSUREManager(), published = ReleasedENSURE([])
        var moves = 0
        for sequence in 0..<2_000 {
            let request = Records.request(random.index(below: 4), user: Records.units(4, 4), sequence: sequence)
            let load = random.index(below: 4) == 0 ? Records.fullLoad : Records.load
            let decision = ours.decide(request, load)
            #expect(decision == published.decide(request, load))
            moves += decision.allocation == request.user ? 0 : 1
            let record = Records.finished(
                sequence, function: request.function.place, user: request.user, allocated: decision.allocation,
                peak: decision.allocation, seconds: 1 + 9 * random.uniform())
            ours.finished(record)
            published.finished(record)
        }
        #expect(moves > 100)
    }
}
