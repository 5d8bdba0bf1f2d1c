/// A table as a value: columns, rows, and how each cell is to be read; drawn for a terminal or placed in an
/// ``HTMLDocument``.
public struct TextTable: Sendable, Equatable {
    /// On which side a column's text lines up.
    public enum Alignment: Sendable, Equatable {
        /// Names and sentences.
        case left
        /// Numbers.
        case right
    }

    /// A column's heading and side.
    public struct Column: Sendable, Equatable {
        /// The heading, with the unit where there is one.
        public let title: String
        /// The side its cells line up on.
        public let alignment: Alignment

        /// A column headed `title`.
        public init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    /// How a cell is to be read, beyond its text; a colour only ever repeats what the text says.
    public enum Emphasis: Sendable, Equatable {
        /// As the rest.
        case plain
        /// Stands out.
        case strong
        /// Stands back.
        case faint
        /// Meets what was asked.
        case good
        /// Falls short of what was asked.
        case bad
    }

    /// One cell.
    public struct Cell: Sendable, Equatable, ExpressibleByStringLiteral {
        /// What it says.
        public let text: String
        /// How it is to be read.
        public let emphasis: Emphasis

        /// A cell that says `text`.
        public init(_ text: String, _ emphasis: Emphasis = .plain) {
            self.text = text
            self.emphasis = emphasis
        }

        /// A plain cell.
        public init(stringLiteral value: String) {
            self.init(value)
        }
    }

    /// The columns, left to right.
    public let columns: [Column]
    /// The rows, top to bottom, each as long as `columns`.
    public let rows: [[Cell]]

    /// A table of `rows` under `columns`. A short row is filled with empty cells; for a longer one the table gains
    /// columns without heading, so that nothing given is lost.
    public init(columns: [Column], rows: [[Cell]]) {
        let width = max(columns.count, rows.map(\.count).max() ?? 0)
        self.columns = columns + Array(repeating: Column(""), count: width - columns.count)
        self.rows = rows.map { $0 + Array(repeating: "", count: width - $0.count) }
    }

    /// The table for a terminal: a heading, a rule, one line per row, two spaces between columns, no space at a line's
    /// end, each line ended. With `colour` the emphasis shows as ANSI attributes (ECMA-48 SGR); without, the text holds
    /// no control character at all. Control characters inside cells become spaces, so that a name received from
    /// elsewhere cannot steer the terminal or break a line.
    public func text(colour: Bool = false) -> String {
        let (headings, body, widths) = laidOut
        let rule = widths.map { Cell(String(repeating: "─", count: $0), .faint) }
        return ([headings, rule] + body).map { line($0, widths: widths, limit: .max, colour: colour) + "\n" }.joined()
    }

    /// The lines of the headings and the rows, without a rule between and without line ends, each cut off at `width`
    /// columns of the terminal: for a screen that must not overflow.
    public func lines(within width: Int, colour: Bool = false) -> [String] {
        let (headings, body, widths) = laidOut
        return ([headings] + body).map { line($0, widths: widths, limit: width, colour: colour) }
    }

    /// One line that says `text`, cut off at `width` columns of the terminal.
    public static func line(_ text: String, _ emphasis: Emphasis, within width: Int, colour: Bool) -> String {
        let shown = TextWidth.cut(printable(text), to: width)
        return colour ? emphasis.painted(shown) : shown
    }

    private var laidOut: (headings: [Cell], body: [[Cell]], widths: [Int]) {
        let headings = columns.map { Cell($0.title, .strong) }
        let body = rows.map { $0.map { Cell(Self.printable($0.text), $0.emphasis) } }
        let widths = columns.indices.map { index in
            ([headings] + body).map { TextWidth.columns(of: $0[index].text) }.max() ?? 0
        }
        return (headings, body, widths)
    }

    private func line(_ cells: [Cell], widths: [Int], limit: Int, colour: Bool) -> String {
        let last = cells.lastIndex { !$0.text.isEmpty } ?? -1
        var line = ""
        var left = limit
        for (index, cell) in cells.enumerated() where index <= last {
            let blanks = String(repeating: " ", count: widths[index] - TextWidth.columns(of: cell.text))
            let isRight = columns[index].alignment == .right
            let before = (index > 0 ? "  " : "") + (isRight ? blanks : "")
            line += TextWidth.cut(before, to: left)
            left -= min(left, before.count)
            let text = TextWidth.cut(cell.text, to: left)
            line += colour ? cell.emphasis.painted(text) : text
            left -= TextWidth.columns(of: text)
            guard text == cell.text else { break }
            guard !isRight, index < last else { continue }
            line += TextWidth.cut(blanks, to: left)
            left -= min(left, blanks.count)
        }
        return line
    }

    private static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }
}

extension TextTable.Emphasis {
    /// `text` between the SGR sequence of this emphasis and the reset; plain and empty text as it is.
    fileprivate func painted(_ text: String) -> String {
        guard let code, !text.isEmpty else { return text }
        return "\u{1b}[\(code)m\(text)\u{1b}[0m"
    }

    private var code: String? {
        switch self {
        case .plain: nil
        case .strong: "1"
        case .faint: "2"
        case .good: "32"
        case .bad: "31"
        }
    }
}
