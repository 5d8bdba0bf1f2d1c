import Measures
import Testing

@Suite("Quartiles")
struct QuartilesTests {
    @Test(arguments: [
        ([1], [1, 1, 1, 1, 1]), ([1, 2], [1, 1.25, 1.5, 1.75, 2]), ([4, 1, 3, 2], [1, 1.75, 2.5, 3.25, 4]),
        ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]), ([7, 7, 7], [7, 7, 7, 7, 7]),
    ] as [([Double], [Double])])
    func `values between order statistics are interpolated`(values: [Double], expected: [Double]) throws {
        let quartiles = try #require(Quartiles(values))
        #expect(
            [quartiles.minimum, quartiles.lower, quartiles.median, quartiles.upper, quartiles.maximum] == expected)
    }

    @Test func `nothing, or something that is no number, has none`() {
        #expect(Quartiles([]) == nil)
        #expect(Quartiles([1, .nan]) == nil)
    }
}
