import Testing

@testable import RouterSimulation

@Suite("Shared cores")
struct ProcessorShareTests {
    /// Runs jobs that all begin at 0 and says when each ends.
    static func ends(_ milliseconds: [Double], cores: Double) -> [Double] {
        var share = ProcessorShare(cores: cores)
        for (index, work) in milliseconds.enumerated() { share.start(index, milliseconds: work) }
        var ends = Array(repeating: 0.0, count: milliseconds.count)
        while let end = share.nextEnd {
            share.advance(to: end)
            ends[share.finishFirst()] = end
        }
        return ends
    }

    @Test func `as many jobs as cores do not slow each other down`() {
        #expect(Self.ends([30, 10, 20, 40], cores: 4) == [30, 10, 20, 40])
    }

    @Test func `more jobs than cores share them evenly`() {
        // 10 ms of each of three jobs take 30 ms on one core, the next 10 of two take 20, the last 10 of one take 10.
        #expect(Self.ends([10, 20, 30], cores: 1) == [30, 50, 60])
        // Four jobs on two cores run at half speed until the first ends.
        #expect(Self.ends([10, 20, 20, 20], cores: 2) == [20, 35, 35, 35])
    }

    @Test func `a job that comes later shares from then on`() {
        var share = ProcessorShare(cores: 1)
        share.start(0, milliseconds: 10)
        share.advance(to: 5)
        share.start(1, milliseconds: 2)
        #expect(share.nextEnd == 9)
        share.advance(to: 9)
        #expect(share.finishFirst() == 1)
        #expect(share.nextEnd == 12)
    }
}
