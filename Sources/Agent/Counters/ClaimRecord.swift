#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The file that keeps what the control registers held before they were claimed: one line for each CPU with its number,
/// FIXED_CTR_CTRL, PERF_GLOBAL_CTRL and the PERFEVTSELs in hexadecimal.
struct ClaimRecord: Sendable {
    let path: String

    /// What was kept, by CPU number; lines that cannot be understood are left out, and so is a file that is missing.
    func load() -> [Int: SavedControl] {
        var controls: [Int: SavedControl] = [:]
        for line in (KernelText.contents(path) ?? "").split(separator: "\n") {
            let words = line.split(separator: " ")
            let values = words.dropFirst().compactMap { UInt64($0, radix: 16) }
            guard let number = words.first.flatMap({ Int($0) }), values.count == words.count - 1, values.count >= 2
            else {
                continue
            }
            controls[number] = SavedControl(
                fixedControl: values[0], globalControl: values[1], eventSelects: Array(values[2...]))
        }
        return controls
    }

    /// Replaces the file in one step, so that a reader finds the old lines or the new ones; throws naming the path.
    func store(_ controls: [Int: SavedControl]) throws(CounterError) {
        let lines = controls.sorted { $0.key < $1.key }.map { number, control in
            let values = [control.fixedControl, control.globalControl] + control.eventSelects
            return "\(number) " + values.map { String($0, radix: 16) }.joined(separator: " ") + "\n"
        }
        let temporary = path + ".new"
        guard let file = fopen(temporary, "w") else { throw failure(temporary) }
        let isWritten = fputs(lines.joined(), file) >= 0
        guard fclose(file) == 0, isWritten, rename(temporary, path) == 0 else { throw failure(path) }
    }

    /// Removes the file: there is nothing left to put back.
    func remove() { unlink(path) }

    private func failure(_ path: String) -> CounterError {
        CounterError(
            "cannot write the record of claimed counters \(path): \(String(cString: strerror(errno))); name a file in a"
                + " writable folder")
    }
}
