/// Where each request leaves a line.
public struct AccessLogSettings: Hashable, Sendable {
    /// How a line is written.
    public enum Format: String, Hashable, Sendable, CaseIterable {
        /// One JSON object.
        case json
        /// The "combined" format of Apache and nginx, with the worker and the seconds after it.
        case combined
    }

    /// The file that lines are appended to; `/dev/stdout` for the standard output.
    public var path: String
    /// How a line is written.
    public var format: Format

    /// Lines of `format` in the file at `path`.
    public init(path: String, format: Format = .json) {
        self.path = path
        self.format = format
    }
}
