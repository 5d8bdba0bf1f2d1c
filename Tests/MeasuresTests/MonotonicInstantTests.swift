import Measures
import Testing

@Suite("Instants and time sources")
struct MonotonicInstantTests {
    @Test func `differences never wrap below zero or beyond the end`() {
        let early = MonotonicInstant(nanoseconds: 5)
        let late = MonotonicInstant(nanoseconds: 1_500_000_005)
        #expect(late.nanoseconds(since: early) == 1_500_000_000)
        #expect(late.seconds(since: early) == 1.5)
        #expect(early.nanoseconds(since: late) == 0)
        #expect(early.reversed(byNanoseconds: 6).nanoseconds == 0)
        #expect(late.advanced(byNanoseconds: .max).nanoseconds == .max)
        #expect(early < late)
    }

    @Test func `manual time stands still until it is moved`() {
        let time = ManualTime(start: MonotonicInstant(nanoseconds: 10))
        #expect(time.now.nanoseconds == 10)
        time.advance(byNanoseconds: 5)
        #expect(time.now.nanoseconds == 15)
    }

    @Test func `the system's time does not go backwards`() {
        let time = SystemTime()
        let instants = (0..<1_000).map { _ in time.now }
        #expect(zip(instants, instants.dropFirst()).allSatisfy { $0 <= $1 })
    }
}
