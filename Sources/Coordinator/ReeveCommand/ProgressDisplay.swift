import Experiments
import Measures
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Shows on standard error how far something has come: a bar that is drawn anew in its place on a terminal, elsewhere a
/// line every few seconds.
final class ProgressDisplay: Sendable {
    private struct State {
        var isBarShown = false
        var lastLineAt: MonotonicInstant?
    }

    /// Seconds between two lines where standard error is no terminal.
    private static let secondsBetweenLines = 5.0
    private static let barWidth = 30

    private let time: any TimeSource
    private let isTerminal: Bool
    private let state = Mutex(State())

    /// A display on this process's standard error.
    init(time: any TimeSource) {
        self.time = time
        isTerminal = isatty(STDERR_FILENO) == 1
    }

    /// Shows that the share `share`, 0 to 1, of something is done, and `text` about it.
    func show(_ text: String, share: Double) {
        let now = time.now
        state.withLock { state in
            if isTerminal {
                let filled = Int((share * Double(Self.barWidth)).rounded())
                let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.barWidth - filled)
                // Back to the line's beginning, and clear to its end (ECMA-48 EL).
                write("\r[\(bar)] \(text)\u{1B}[K")
                state.isBarShown = true
            } else if state.lastLineAt.map({ now.seconds(since: $0) >= Self.secondsBetweenLines }) ?? true {
                write(text + "\n")
                state.lastLineAt = now
            }
        }
    }

    /// Writes a line of its own, above the bar where there is one.
    func note(_ line: String) {
        state.withLock { state in
            if state.isBarShown { write("\r\u{1B}[K") }
            state.isBarShown = false
            write(line + "\n")
        }
    }

    /// Ends the bar's line.
    func finish() {
        state.withLock { state in
            if state.isBarShown { write("\n") }
            state.isBarShown = false
        }
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        // Where standard error is broken there is nobody to tell.
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}

extension ProgressDisplay {
    /// Shows what a demo has to tell.
    func show(_ event: Demo.Event) {
        switch event {
        case .note(let line): note(line)
        case .progress(let progress): show(progress.text, share: progress.share)
        }
    }
}
