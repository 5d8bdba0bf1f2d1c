#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A key, as far as the screen knows any.
enum TerminalKey: Hashable {
    case character(Character)
    case up, down, pageUp, pageDown, home
    case endOfInput

    /// The keys in what a terminal sent: characters, and the sequences of cursor keys (ECMA-48 CUU and CUD, and what xterm
    /// sends for the others). A sequence that is not known is passed over.
    static func keys(in bytes: [UInt8]) -> [TerminalKey] {
        var keys: [TerminalKey] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            guard byte == 0x1b, rest.first == UInt8(ascii: "[") || rest.first == UInt8(ascii: "O") else {
                if byte == 0x03 || byte == 0x04 { keys.append(.endOfInput) } else if byte != 0x1b { keys.append(.character(Character(UnicodeScalar(byte)))) }
                continue
            }
            rest.removeFirst()
            let parameters = rest.prefix { !(0x40...0x7e).contains($0) }
            rest = rest.dropFirst(parameters.count)
            guard let final = rest.popFirst() else { break }
            switch (final, Array(parameters)) {
            case (UInt8(ascii: "A"), _): keys.append(.up)
            case (UInt8(ascii: "B"), _): keys.append(.down)
            case (UInt8(ascii: "H"), _), (UInt8(ascii: "~"), [UInt8(ascii: "1")]): keys.append(.home)
            case (UInt8(ascii: "~"), [UInt8(ascii: "5")]): keys.append(.pageUp)
            case (UInt8(ascii: "~"), [UInt8(ascii: "6")]): keys.append(.pageDown)
            default: break
            }
        }
        return keys
    }
}

/// The terminal as a screen that is drawn as a whole: its other buffer (xterm's 1049), without a cursor, keys as they are
/// pressed. `close` puts everything back.
final class TerminalScreen {
    private static let fallback = (columns: 80, rows: 24)
    private var saved = termios()

    /// Takes the terminal of standard input and output; nil where there is none.
    init?() {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, tcgetattr(STDIN_FILENO, &saved) == 0 else { return nil }
        var raw = saved
        // Ctrl-C comes as a key, so that the terminal is always put back.
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) == 0 else { return nil }
        write("\u{1b}[?1049h\u{1b}[?25l")
    }

    deinit { close() }

    /// Gives the terminal back as it was.
    func close() {
        write("\u{1b}[?25h\u{1b}[?1049l")
        // A terminal that is gone has nothing to be put back.
        _ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &saved)
    }

    /// Its size now.
    var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return Self.fallback }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Draws `lines` from the top, each over what was there, so that nothing flickers.
    func draw(_ lines: [String]) {
        write("\u{1b}[H" + lines.map { $0 + "\u{1b}[K" }.joined(separator: "\n") + "\u{1b}[J")
    }

    /// The keys pressed within `milliseconds`, or none; returns with the first.
    func keys(withinMilliseconds milliseconds: Int32) -> [TerminalKey] {
        var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        // A signal, such as the one of a new size, ends the wait early, which only draws early.
        guard poll(&waiting, 1, milliseconds) > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(STDIN_FILENO, &bytes, bytes.count)
        return count > 0 ? TerminalKey.keys(in: Array(bytes.prefix(count))) : [.endOfInput]
    }

    private func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            // Where the terminal is gone there is nobody to draw for; the next read says so.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
