/// Cuts what comes in pieces of any size into lines.
struct LineSplitter: Sendable {
    /// The longest line that is kept together, in bytes: etcd takes no object beyond 1.5 MiB by default, and JSON may
    /// be several times as large as what the server stores.
    static let maximumLineBytes = 16 << 20

    private var rest: [UInt8] = []

    /// Takes a piece; `onLine` gets each line that is complete, without its end. False when a line is longer than any
    /// may be.
    mutating func take<Failure: Error>(
        _ piece: [UInt8], onLine: (ArraySlice<UInt8>) throws(Failure) -> Void
    ) throws(Failure) -> Bool {
        var start = piece.startIndex
        while let end = piece[start...].firstIndex(of: UInt8(ascii: "\n")) {
            if rest.isEmpty {
                if end > start { try onLine(piece[start..<end]) }
            } else {
                rest += piece[start..<end]
                let line = rest
                rest = []
                try onLine(line[...])
            }
            start = end + 1
        }
        rest += piece[start...]
        return rest.count <= Self.maximumLineBytes
    }
}
