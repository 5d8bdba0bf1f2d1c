import Measures
import Testing

@testable import Reports

@Suite struct AxisTests {
    @Test(
        arguments: [
            (0...500, 10, [0, 50, 100, 150, 200, 250, 300, 350, 400, 450, 500]),
            (0...1, 2, [0, 0.5, 1]),
            (-30...70, 5, [-20, 0, 20, 40, 60]),
            (0.83...1.61, 3, [1, 1.5]),
        ] as [(ClosedRange<Double>, Int, [Double])])
    func ticksAreMultiplesOfOneTwoOrFive(domain: ClosedRange<Double>, count: Int, expected: [Double]) {
        let ticks = Axis(domain: domain, start: 0, end: 100).ticks(about: count)
        #expect(ticks.count == expected.count)
        for (tick, value) in zip(ticks, expected) { #expect(abs(tick - value) < 1e-12) }
    }

    @Test func ticksStayInTheDomainAndInNumberForAnyDomain() {
        var random = SeededRandom(seed: 4)
        for _ in 0..<2_000 {
            let scale = [1e-6, 1e-3, 1, 1e3, 1e9][random.index(below: 5)]
            let low = random.normal() * scale
            let domain = low...low + (random.uniform() + 1e-3) * scale
            let count = 2 + random.index(below: 10)
            let axis = Axis(domain: domain, start: 0, end: 1)
            let ticks = axis.ticks(about: count)
            #expect(ticks.count <= count + 1)
            let slack = (domain.upperBound - domain.lowerBound) * 1e-6
            #expect(ticks.allSatisfy { $0 >= domain.lowerBound - slack && $0 <= domain.upperBound + slack })
            #expect(Set(ticks.map { axis.label($0, count: count) }).count == ticks.count)
            let widened = Axis.widened(domain, count: count)
            #expect(widened.lowerBound <= domain.lowerBound + slack && widened.upperBound >= domain.upperBound - slack)
        }
    }

    @Test func valuesMapLinearlyEvenUpsideDown() {
        let axis = Axis(domain: 10...20, start: 200, end: 100)
        #expect(axis.position(10) == 200)
        #expect(axis.position(15) == 150)
        #expect(axis.position(20) == 100)
    }

    @Test func aDomainWithoutExtentIsWidened() {
        let axis = Axis(domain: 3...3, start: 0, end: 10)
        #expect(axis.domain == 2.5...3.5)
        #expect(axis.position(3) == 5)
    }

    @Test func labelsShowAsManyPlacesAsTheStepNeeds() {
        let axis = Axis(domain: 0...1, start: 0, end: 1)
        #expect(axis.label(0.5, count: 2) == "0.5")
        #expect(axis.label(0.25, count: 20) == "0.25")
        #expect(Axis(domain: 0...500, start: 0, end: 1).label(50, count: 10) == "50")
    }
}
