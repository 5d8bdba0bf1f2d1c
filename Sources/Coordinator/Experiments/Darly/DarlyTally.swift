/// Requests by whether they kept their target.
public struct DarlyTally: Sendable, Hashable, Codable {
    /// Requests that kept it.
    public var served = 0
    /// Requests that did not, failed ones among them.
    public var violated = 0

    /// No requests.
    public init() {}

    /// Requests altogether.
    public var count: Int { served + violated }

    /// Share of requests that kept their target, 0 to 1; nil when there were none.
    public var servedShare: Double? { count == 0 ? nil : Double(served) / Double(count) }

    /// Counts one request.
    mutating func add(served kept: Bool) {
        if kept { served += 1 } else { violated += 1 }
    }
}
