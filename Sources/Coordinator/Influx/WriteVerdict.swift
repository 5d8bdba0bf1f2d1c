public import HTTPClient

/// What becomes of a batch, judged by the answer to it.
public enum WriteVerdict: Hashable, Sendable {
    /// All of it is written.
    case written
    /// It is written but for some lines, which would be refused again; the sentence is the database's.
    case partlyWritten(dropped: Int, reason: DropReason, sentence: String)
    /// It is refused and would be again.
    case refused(DropReason, sentence: String)
    /// It is more than the database takes at once.
    case tooLarge(sentence: String)
    /// It may be written later, not before so many seconds where the database says so.
    case later(RetryReason, afterSeconds: Double?, sentence: String)

    /// The longest wait that a database is believed to ask for, in seconds.
    static let longestRequestedWait = 3_600.0
    /// The most of a database's sentence that is kept, in characters.
    private static let longestSentence = 300

    /// The verdict on an answer of InfluxDB, 1.x or 2.x.
    public init(_ response: HTTPResponse) {
        let text = String(decoding: response.body.prefix(64 << 10), as: UTF8.self)
        let sentence = "status \(response.status): \(text.prefix(Self.longestSentence))"
        switch response.status {
        case 200..<300: self = .written
        case 400: self = Self.verdict(onBadRequest: text, sentence)
        case 401, 403: self = .later(.access, afterSeconds: nil, sentence: sentence)
        case 404: self = .later(.missing, afterSeconds: nil, sentence: sentence)
        case 413: self = .tooLarge(sentence: sentence)
        case 408, 429: self = .later(.busy, afterSeconds: Self.wait(response), sentence: sentence)
        case 500...: self = .later(.serverError, afterSeconds: Self.wait(response), sentence: sentence)
        default: self = .refused(.refused, sentence: sentence)
        }
    }

    /// The verdict where no answer came. What the peer may have written nevertheless is written again: a point that is
    /// there already is replaced by itself.
    public init(_ error: HTTPError) {
        self = .later(.unreachable, afterSeconds: nil, sentence: error.description)
    }

    /// InfluxDB 1.x answers 400 also where it has written all but some lines, and says so: "partial write: REASON
    /// dropped=N" (tsdb.PartialWriteError), where N leaves out those that it could not read.
    private static func verdict(onBadRequest text: String, _ sentence: String) -> Self {
        guard let partial = text.firstRange(of: "partial write:") else {
            return .refused(.malformed, sentence: sentence)
        }
        let rest = text[partial.upperBound...]
        let unread = rest.ranges(of: "unable to parse").count
        let counted = rest.ranges(of: "dropped=").last.flatMap { Int(rest[$0.upperBound...].prefix { $0.isNumber }) } ?? 0
        return .partlyWritten(
            dropped: max(unread, counted), reason: unread > 0 ? .malformed : .partialWrite, sentence: sentence)
    }

    /// The seconds of Retry-After (RFC 9110, section 10.2.3). A date there is not heeded: the pause that grows by itself
    /// does as well, whatever the peer's clock says.
    private static func wait(_ response: HTTPResponse) -> Double? {
        guard let text = response.headers["Retry-After"], let seconds = Double(text), seconds >= 0 else { return nil }
        return min(seconds, longestRequestedWait)
    }
}
