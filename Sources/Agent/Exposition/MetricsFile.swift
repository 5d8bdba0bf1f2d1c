public import Measures
public import Topology

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Writes the newest value of every column to a file for node_exporter's textfile collector, once in a while: whoever
/// scrapes does so every few seconds, and an agent may sample every ten milliseconds.
public struct MetricsFile {
    /// The least time between two writings, in nanoseconds.
    public static let periodNanoseconds: UInt64 = 1_000_000_000
    /// A value is left out that is older than so many of the times between two samples, of its column's periods or of
    /// the file's, whichever is the longest.
    private static let staleAfter: UInt64 = 3

    private let path: String
    private var nodes: [MetricsText.Node]
    private var text = MetricsText()
    private var writtenAt: MonotonicInstant?
    private var sampledAt: MonotonicInstant?

    /// A file at `path` with the metrics of `nodes`; nothing is written yet.
    public init(path: String, nodes: [NodeName]) {
        self.path = path
        self.nodes = nodes.map {
            MetricsText.Node(name: $0, columns: ColumnTable(version: 0, columns: []), newest: NewestValues(columnCount: 0))
        }
    }

    /// Takes a sample of each node, taken at `instant`, and writes the file when it is due. The file appears at once and
    /// whole, and may be read by everybody. Throws `MetricsFileError` when it cannot be written; the next try is due then
    /// like any other.
    public mutating func take(
        _ samples: [(columns: ColumnTable, sample: Sample)], at instant: MonotonicInstant
    ) throws(MetricsFileError) {
        for (index, (columns, sample)) in samples.enumerated() where index < nodes.count {
            if nodes[index].columns.version != columns.version || nodes[index].columns.columns.count != columns.columns.count {
                nodes[index].columns = columns
                nodes[index].newest = NewestValues(columnCount: columns.columns.count)
            }
            nodes[index].newest.take(values: sample.values[...], presence: sample.presence[...], takenAt: instant)
        }
        let interval = sampledAt.map { instant.nanoseconds(since: $0) } ?? 0
        sampledAt = instant
        guard writtenAt.map({ instant.nanoseconds(since: $0) >= Self.periodNanoseconds }) ?? true else { return }
        writtenAt = instant
        text.write(nodes) { column in
            let period = UInt64(column.periodMilliseconds ?? 0) * 1_000_000
            return instant.reversed(byNanoseconds: Self.staleAfter * max(interval, period, Self.periodNanoseconds))
        }
        try replace(with: text.bytes)
    }

    /// Takes the file away, for node_exporter would go on telling what it says.
    public mutating func remove() {
        unlink(path)
        unlink(draft)
    }

    private var draft: String { "\(path).new" }

    private func replace(with bytes: [UInt8]) throws(MetricsFileError) {
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw MetricsFileError("writing", draft, errno: errno) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written) }
            guard count >= 0 || errno == EINTR else {
                let code = errno
                close(descriptor)
                throw MetricsFileError("writing", draft, errno: code)
            }
            written += max(count, 0)
        }
        // Whatever the process's mask: node_exporter has a user of its own.
        fchmod(descriptor, 0o644)
        close(descriptor)
        guard rename(draft, path) == 0 else { throw MetricsFileError("renaming to", path, errno: errno) }
    }
}

/// Why the file could not be written, in one sentence.
public struct MetricsFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    init(_ action: String, _ path: String, errno code: Int32) {
        description = "\(action) \(path) failed: \(strerror(code).map { String(cString: $0) } ?? "error \(code)")"
    }
}
