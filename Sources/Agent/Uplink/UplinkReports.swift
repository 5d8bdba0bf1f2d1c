public import Measures
import Synchronization
public import Wire

/// What goes to the coordinator beside the acknowledged stream, from whatever thread: the newest report of each kind. A
/// report that was not sent before the next one came is out of date and lost.
public final class UplinkReports: Sendable {
    /// Makes the messages of a report at the moment they are sent, when their ages are known.
    public typealias Report = @Sendable (_ incarnation: UInt64, _ now: MonotonicInstant) -> [AgentEnvelope]

    private let waiting = Mutex<[String: Report]>([:])

    /// Nothing is to be told yet.
    public init() {}

    /// Has `report` sent with the uplink's next turn, at the latest after a second, in place of one of the same `kind` that
    /// still waits.
    public func put(_ kind: String, _ report: @escaping Report) {
        waiting.withLock { $0[kind] = report }
    }

    /// The reports that wait, each once.
    func takeAll() -> [Report] {
        waiting.withLock { waiting in
            defer { waiting = [:] }
            return waiting.sorted { $0.key < $1.key }.map(\.value)
        }
    }
}
