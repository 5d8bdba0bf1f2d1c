import Measures
import Testing

@testable import Learning

@Suite("Checkpoint")
struct CheckpointTests {
    @Test("restored training continues bit for bit", arguments: [37, 75, 150])
    func continues(at cut: Int) throws {
        // 64 slots wrap within the run; training every 4 steps lets a cut fall inside a rollout.
        var corridor = Corridor(length: 4)
        let whole = try Corridor.learner(length: 4, steps: 300, seed: 2) {
            $0.bufferSize = 64
            $0.trainFrequency = 4
            $0.learningRate = .linear(initial: 0.01, final: 0.001)
            $0.doubleDQN = true
        }
        func advance(_ dqn: DQN, _ corridor: inout Corridor, steps: Int) {
            for _ in 0..<steps {
                dqn.record(corridor.step(dqn.choose(corridor.observation, allowed: Corridor.allowed).action))
            }
        }
        advance(whole, &corridor, steps: cut)
        var resumedCorridor = corridor
        let bytes = whole.checkpoint(topology: "corridor of 4", preset: "test").encoded()
        let checkpoint = try Checkpoint(bytes: bytes)
        #expect(checkpoint.encoded() == bytes && checkpoint.preset == "test")
        let resumed = try DQN(restoring: checkpoint, topology: "corridor of 4")
        advance(whole, &corridor, steps: 300 - cut)
        advance(resumed, &resumedCorridor, steps: 300 - cut)
        let end = whole.checkpoint(topology: "", preset: "")
        #expect(resumed.checkpoint(topology: "", preset: "").encoded() == end.encoded())
        #expect(end.gradientSteps > 0 && end.replayIsFull)
    }

    @Test("another topology is refused with both names")
    func topology() throws {
        let checkpoint = try small()
        #expect(performing: { _ = try DQN(restoring: checkpoint, topology: "five nodes") }, throws: { error in
            guard let error = error as? LearningError else { return false }
            return error.code == .topologyMismatch && error.description.contains("five nodes")
                && error.description.contains("corridor")
        })
    }

    @Test("cut off after any number of bytes it is refused as truncated")
    func truncated() throws {
        let bytes = try small().encoded()
        #expect(code([]) == .foreign)
        for count in 1..<bytes.count { #expect(code(Array(bytes[..<count])) == .truncated, "\(count) bytes") }
        #expect(code(bytes + [0]) == .corrupted)
        #expect(code(bytes) == nil)
    }

    @Test("any flipped bit is found")
    func flipped() throws {
        let bytes = try small().encoded()
        for index in bytes.indices {
            for bit in index < SealedFile.headerLength ? Array(0..<8) : [index % 8] {
                var changed = bytes
                changed[index] ^= 1 << UInt8(bit)
                let found = code(changed)
                switch index {
                case ..<8: #expect(found == .foreign)
                case ..<12: #expect(found == .unsupportedVersion)
                case ..<16: #expect(found == .corrupted)
                case ..<24: #expect(found == .truncated || found == .corrupted)
                default: #expect(found == .corrupted)
                }
            }
        }
    }

    @Test("another program's files are foreign", arguments: [
        "PK\u{3}\u{4} a zip archive with more than a header's length", "{\"json\": true}", "r",
    ])
    func foreign(text: String) {
        #expect(code(Array(text.utf8)) == (text == "r" ? .truncated : .foreign))
    }

    @Test("content changed under a fitting checksum is refused or harmless, never a crash")
    func resealed() throws {
        let bytes = try small().encoded()
        var random = SeededRandom(seed: 12)
        var refused = 0
        for _ in 0..<3000 {
            var changed = bytes
            for _ in 0...random.index(below: 3) {
                let index = SealedFile.headerLength + random.index(below: bytes.count - SealedFile.headerLength)
                changed[index] = UInt8(random.index(below: 256))
            }
            let checksum = CRC32.checksum(changed[SealedFile.headerLength...])
            withUnsafeBytes(of: checksum.littleEndian) { changed.replaceSubrange(12..<16, with: $0) }
            do {
                let dqn = try DQN(restoring: Checkpoint(bytes: changed), topology: "corridor")
                dqn.train(gradientSteps: 1)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 300)
    }

    @Test("an infinite norm limit survives the file")
    func unlimited() throws {
        let dqn = try Corridor.learner(length: 2, steps: 5, seed: 1) { $0.maximumGradientNorm = .infinity }
        let checkpoint = dqn.checkpoint(topology: "", preset: "")
        #expect(try Checkpoint(bytes: checkpoint.encoded()) == checkpoint)
    }

    @Test("CRC-32 of the published check string")
    func crc() {
        #expect(CRC32.checksum(Array("123456789".utf8)) == 0xCBF4_3926)
        #expect(CRC32.checksum([UInt8]()) == 0)
    }

    private func small() throws -> Checkpoint {
        var corridor = Corridor(length: 2)
        let dqn = try Corridor.learner(length: 2, steps: 20, seed: 1) {
            $0.hiddenSizes = [3]
            $0.learningStarts = 2
        }
        for _ in 0..<5 { dqn.record(corridor.step(1)) }
        return dqn.checkpoint(topology: "corridor", preset: "test")
    }

    private func code(_ bytes: [UInt8]) -> LearningError.Code? {
        do {
            _ = try Checkpoint(bytes: bytes)
            return nil
        } catch {
            return error.code
        }
    }
}
