import Testing

@testable import Reports

@Suite struct NumberTextTests {
    @Test(
        arguments: [
            (0, 0, "0"), (0.5, 0, "1"), (-0.4, 0, "0"), (-0.5, 0, "-1"), (1.005, 1, "1.0"), (0.05, 2, "0.05"),
            (12.999, 2, "13.00"), (-3.25, 1, "-3.3"), (1_234_567.8, 1, "1234567.8"), (2, 3, "2.000"),
        ] as [(Double, Int, String)])
    func fixedShowsAllPlacesAndRoundsHalvesAwayFromZero(value: Double, decimals: Int, text: String) {
        #expect(NumberText.fixed(value, decimals: decimals) == text)
    }

    @Test func absentAndNotFiniteAreNeverZero() {
        #expect(NumberText.fixed(nil, decimals: 2) == "–")
        for value in [Double.nan, .infinity, -.infinity] {
            #expect(NumberText.fixed(value, decimals: 2) == "–")
            #expect(NumberText.percent(value) == "–")
        }
        #expect(NumberText.percent(nil) == "–")
    }

    @Test func hugeValuesKeepTheirMagnitude() {
        #expect(Double(NumberText.fixed(1e300, decimals: 2)) == 1e300)
    }

    @Test func percentIsAShareTimesHundred() {
        #expect(NumberText.percent(0.916) == "91.6 %")
        #expect(NumberText.percent(1, decimals: 0) == "100 %")
    }

    @Test func shortestDropsTrailingZeros() {
        #expect(NumberText.shortest(10, decimals: 2) == "10")
        #expect(NumberText.shortest(10.5, decimals: 2) == "10.5")
        #expect(NumberText.shortest(100, decimals: 0) == "100")
        #expect(NumberText.shortest(-0.001, decimals: 2) == "0")
    }
}
