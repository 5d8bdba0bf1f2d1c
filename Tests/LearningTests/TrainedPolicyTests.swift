import Testing

@testable import Learning

@Suite("Policy files")
struct TrainedPolicyTests {
    private func trained() throws -> TrainedPolicy {
        let ppo = try PPO(
            candidates: CandidateTable(contextCount: 2, features: [[0], [1], [2]]),
            hyperparameters: PPOHyperparameters(hiddenSizes: [4, 3]), seed: 6)
        return TrainedPolicy(
            policy: ppo.policy, seed: 6, input: "three candidates, naïve", command: "reeve experiment freyr --seed 6")
    }

    @Test("what was written is read, and acts alike")
    func roundTrip() throws {
        let trained = try trained()
        let read = try TrainedPolicy(bytes: trained.encoded())
        #expect(read == trained)
        let context: [Float] = [0.3, -1]
        #expect(
            CandidateScorer(read.policy).logProbabilities(context: context, allowed: .all(3))
                == CandidateScorer(trained.policy).logProbabilities(context: context, allowed: .all(3)))
    }

    @Test("cut off anywhere, it is refused")
    func truncated() throws {
        let bytes = try trained().encoded()
        for length in 0..<bytes.count {
            let error = #expect(throws: LearningError.self) { try TrainedPolicy(bytes: Array(bytes.prefix(length))) }
            #expect(error?.code == (length == 0 ? .foreign : .truncated), "\(length) bytes")
        }
    }

    @Test("with any bit flipped, it is refused")
    func flipped() throws {
        let bytes = try trained().encoded()
        for index in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[index] ^= 1 << UInt8(bit)
                #expect(throws: LearningError.self, "bit \(bit) of byte \(index)") { try TrainedPolicy(bytes: changed) }
            }
        }
    }

    @Test("a checkpoint is no policy file, and the other way round")
    func foreign() throws {
        let dqn = try DQN(
            observationCount: 2, actionCount: 2, hyperparameters: DQNHyperparameters(bufferSize: 4), totalSteps: 1,
            seed: 1)
        let checkpoint = dqn.checkpoint(topology: "t", preset: "p").encoded()
        let asPolicy = #expect(throws: LearningError.self) { try TrainedPolicy(bytes: checkpoint) }
        #expect(asPolicy?.code == .foreign)
        #expect(asPolicy?.description == "The file is not a policy file: it does not begin with \"reevePol\".")
        let policy = try trained().encoded()
        let asCheckpoint = #expect(throws: LearningError.self) { try Checkpoint(bytes: policy) }
        #expect(asCheckpoint?.code == .foreign)
    }

    @Test("content that does not hold together is refused, though its checksum holds", arguments: [
        [9, 0, 0], [2, 0, 0], [2, 3, 99], [1 << 40, 3, 2],
    ])
    func inconsistent(numbers: [Int]) {
        var payload = ByteWriter()
        payload.append(UInt64(1))
        payload.append("input")
        payload.append("command")
        payload.append(UInt64(numbers[0]))
        payload.append(UInt64(numbers[1]))
        for _ in 0..<min(numbers[1], 3) { payload.append([Float(1)]) }
        payload.append(UInt64(numbers[2]))
        for _ in 0..<min(numbers[2], 3) { payload.append(UInt64(4)) }
        payload.append([Float(0)])
        let error = #expect(throws: LearningError.self) {
            try TrainedPolicy(bytes: TrainedPolicy.file.sealed(payload.bytes))
        }
        #expect(error?.code == .corrupted)
    }

    @Test("another format version is refused by its number")
    func version() throws {
        var bytes = try trained().encoded()
        bytes[8] = 2
        let error = #expect(throws: LearningError.self) { try TrainedPolicy(bytes: bytes) }
        #expect(error?.code == .unsupportedVersion)
        #expect(error?.description == "The policy file has format version 2; this program reads version 1.")
    }
}
