import Testing

@testable import Reports

@Suite struct TextTableTests {
    private let table = TextTable(
        columns: [.init("node"), .init("IPC", .right), .init("note")],
        rows: [
            ["w01", "1.25", TextTable.Cell("fresh", .good)],
            ["längster", "–", TextTable.Cell("lost", .bad)],
            ["表", "12.00", ""],
        ])

    @Test func namesLineUpLeftAndNumbersRight() {
        #expect(
            table.text() == """
                node        IPC  note
                ────────  ─────  ─────
                w01        1.25  fresh
                längster      –  lost
                表        12.00

                """)
    }

    @Test func colourAddsAttributesOnly() {
        let coloured = table.text(colour: true)
        #expect(coloured.contains("\u{1b}[32mfresh\u{1b}[0m"))
        #expect(coloured.contains("\u{1b}[31mlost\u{1b}[0m"))
        #expect(coloured.replacing(/\u{1b}\[\d+m/, with: "") == table.text())
    }

    @Test func withoutColourThereIsNoControlCharacterWhateverTheCellsHold() {
        let hostile = TextTable(columns: [.init("name")], rows: [["\u{1b}[2Jw01\nw02\u{7}!"]])
        #expect(hostile.text() == "name\n─────────────\n [2Jw01 w02 !\n")
        #expect(!hostile.text(colour: true).contains("\u{1b}[2J"))
    }

    @Test func shortRowsAreFilledAndLongOnesLoseNothing() {
        let ragged = TextTable(columns: [.init("a"), .init("b")], rows: [["1"], ["1", "2", "3"]])
        #expect(ragged.columns.count == 3)
        #expect(ragged.rows.allSatisfy { $0.count == 3 })
        #expect(ragged.text() == "a  b\n─  ─  ─\n1\n1  2  3\n")
    }

    @Test(arguments: [0, 1, 5, 12, 24, 100])
    func linesForAScreenAreTheWidestBeginningsThatFit(width: Int) {
        let whole = table.lines(within: .max)
        let cut = table.lines(within: width)
        #expect(whole.count == 1 + table.rows.count)
        for (line, beginning) in zip(whole, cut) {
            #expect(line.hasPrefix(beginning))
            #expect(TextWidth.columns(of: beginning) <= width)
            let more = line.prefix(beginning.count + 1)
            #expect(beginning == line || TextWidth.columns(of: more) > width)
        }
        let coloured = table.lines(within: width, colour: true).map { $0.replacing(/\u{1b}\[[0-9]+m/, with: "") }
        #expect(coloured == cut)
    }

    @Test func aWideCharacterThatDoesNotFitWholeIsLeftOut() {
        #expect(TextTable.line("日本語", .plain, within: 5, colour: false) == "日本")
        #expect(TextTable.line("a\u{1b}b", .plain, within: 3, colour: false) == "a b")
    }

    @Test func aTableWithoutRowsStillShowsItsHeadings() {
        #expect(TextTable(columns: [.init("a", .right)], rows: []).text() == "a\n─\n")
    }

    @Test(
        arguments: [
            ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("表", 2), ("한", 2), ("🙂", 2), ("👨‍👩‍👧", 2), ("❤️", 2), ("─", 1),
        ])
    func widthIsWhatATerminalShows(text: String, columns: Int) {
        #expect(TextWidth.columns(of: text) == columns)
    }
}
