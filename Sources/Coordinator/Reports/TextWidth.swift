/// How many columns text takes on a terminal.
enum TextWidth {
    /// Terminal columns of `text`: 0 for marks that combine with the character before, 2 for East Asian wide
    /// characters and emoji (Unicode Standard Annex 11), else 1.
    static func columns(of text: some StringProtocol) -> Int {
        text.reduce(0) { $0 + columns(of: $1) }
    }

    /// The longest beginning of `text` that takes at most `columns`.
    static func cut(_ text: String, to columns: Int) -> String {
        var left = columns
        return String(
            text.prefix { character in
                left -= Self.columns(of: character)
                return left >= 0
            })
    }

    private static func columns(of character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        if character.unicodeScalars.contains(where: { $0.value == 0xfe0f }) { return 2 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: return isWide(first) ? 2 : 1
        }
    }

    /// The blocks of Annex 11's EastAsianWidth.txt with width W or F that hold text and emoji, joined where adjacent.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x33ff, 0x3400...0x4dbf, 0x4e00...0x9fff, 0xa000...0xa4cf,
            0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6,
            0x1f300...0x1faff, 0x20000...0x3fffd:
            true
        default:
            scalar.properties.isEmojiPresentation
        }
    }
}
