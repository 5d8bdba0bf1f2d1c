import Measures
import Testing

@testable import Learning

@Suite("Replay buffer")
struct ReplayBufferTests {
    private let layout = TransitionLayout(observationCount: 3, actionCount: 70)

    private func transition(_ number: Int) -> Transition {
        var mask = ActionMask(actionCount: 70)
        mask[number % 70] = true
        mask[69] = true
        return Transition(
            observation: [Float(number), 1, 2], action: number % 70, reward: Double(number) / 2,
            nextObservation: [Float(number + 1), 3, 4], nextAllowed: mask, isTerminal: number % 2 == 0)
    }

    @Test("a sampled row is one of the stored transitions, whole")
    func rows() throws {
        let buffer = try ReplayBuffer(layout: layout, capacity: 10)
        for number in 0..<7 { buffer.add(transition(number)) }
        let minibatch = Minibatch(rows: 200, layout: layout)
        var random = SeededRandom(seed: 1)
        buffer.sample(into: minibatch, random: &random)
        var seen: Set<Int> = []
        for row in 0..<200 {
            let number = Int(minibatch.observations.base[row * 3])
            seen.insert(number)
            let wanted = transition(number)
            #expect((0..<3).map { minibatch.observations.base[row * 3 + $0] } == wanted.observation)
            #expect((0..<3).map { minibatch.nextObservations[row * 3 + $0] } == wanted.nextObservation)
            #expect(Int(minibatch.actions[row]) == wanted.action)
            #expect(minibatch.rewards.base[row] == Float(wanted.reward))
            #expect(minibatch.terminal.base[row] == (wanted.isTerminal ? 1 : 0))
            #expect((0..<2).map { minibatch.masks[row * 2 + $0] } == (0..<2).map { wanted.nextAllowed.word($0) })
        }
        #expect(seen == Set(0..<7))
    }

    @Test("the oldest transitions are overwritten once the ring is full")
    func wraps() throws {
        let buffer = try ReplayBuffer(layout: layout, capacity: 5)
        for number in 0..<5 { buffer.add(transition(number)) }
        #expect(buffer.isFull && buffer.position == 0 && buffer.count == 5)
        for number in 5..<8 { buffer.add(transition(number)) }
        #expect(buffer.position == 3 && buffer.count == 5)
        let minibatch = Minibatch(rows: 300, layout: layout)
        var random = SeededRandom(seed: 2)
        buffer.sample(into: minibatch, random: &random)
        #expect(Set((0..<300).map { Int(minibatch.observations.base[$0 * 3]) }) == Set(3..<8))
    }

    @Test("a million empty slots give a checkpoint no bytes")
    func lazy() throws {
        let buffer = try ReplayBuffer(
            layout: TransitionLayout(observationCount: 35, actionCount: 15), capacity: 1_000_000)
        #expect(buffer.contents.isEmpty)
        #expect(buffer.layout.stride == 304)
    }

    @Test("more slots than there is address space are refused")
    func refuses() {
        let huge = TransitionLayout(observationCount: 1 << 16, actionCount: 1 << 16)
        #expect(performing: { _ = try ReplayBuffer(layout: huge, capacity: 1 << 30) }, throws: { error in
            (error as? LearningError)?.code == .invalidParameter
        })
    }
}
