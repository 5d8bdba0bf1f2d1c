import Testing

@testable import Reports

@Suite struct ChartColourTests {
    /// WCAG 2.2, definition of relative luminance.
    private func luminance(_ colour: String) throws -> Double {
        let value = try #require(Int(colour.dropFirst(), radix: 16))
        let channels = [16, 8, 0].map { Double((value >> $0) & 0xff) / 255 }
        let linear = channels.map { $0 <= 0.04045 ? $0 / 12.92 : power(($0 + 0.055) / 1.055) }
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    /// x to the power of 2.4 = x^2 times the fifth root of x^2, by Newton's iteration.
    private func power(_ base: Double) -> Double {
        let square = base * base
        var root = 1.0
        for _ in 0..<60 { root -= (root * root * root * root * root - square) / (5 * root * root * root * root) }
        return square * root
    }

    private func contrast(_ one: String, _ other: String) throws -> Double {
        let pair = [try luminance(one), try luminance(other)].sorted()
        return (pair[1] + 0.05) / (pair[0] + 0.05)
    }

    @Test(arguments: ChartColour.allCases)
    func everyColourStandsOutFromBothPages(colour: ChartColour) throws {
        #expect(try contrast(colour.light, ChartStyle.lightPage) >= 3)
        #expect(try contrast(colour.dark, ChartStyle.darkPage) >= 3)
    }

    @Test func textReadsOnBothPages() throws {
        #expect(try contrast(ChartColour.ink.light, ChartStyle.lightPage) >= 7)
        #expect(try contrast(ChartColour.ink.dark, ChartStyle.darkPage) >= 7)
    }

    @Test func theSheetKnowsEveryColour() {
        for colour in ChartColour.allCases {
            #expect(ChartStyle.sheet.contains(".\(colour.styleClass){--c:var(--reeve-\(colour.styleClass))}"))
            #expect(ChartStyle.sheet.contains("--reeve-\(colour.styleClass):\(colour.dark);"))
        }
    }
}
