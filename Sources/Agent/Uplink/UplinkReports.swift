public import Measures
import Synchronization
public import Wire

/// What goes to the coordinator beside the acknowledged stream, from whatever thread: the newest report of each kind. A
/// report that was not sent before the next one came is out of date and lost.
public final class UplinkReports: Sendable {
    /// Makes the messages of a report at the moment they are sent, when their ages are known.
    public typealias Report = @Sendable (_ incarnation: UInt64, _ now: MonotonicInstant) -> [AgentEnvelope]

    private struct Guarded {
        var waiting: [String: Report] = [:]
        var onPut: (@Sendable () -> Void)?
    }

    private let guarded = Mutex(Guarded())

    /// Nothing is to be told yet.
    public init() {}

    /// Has `report` sent at once, in place of one of the same `kind` that still waits for an uplink.
    public func put(_ kind: String, _ report: @escaping Report) {
        let wake = guarded.withLock { guarded in
            guarded.waiting[kind] = report
            return guarded.onPut
        }
        wake?()
    }

    /// Has `body` called whenever a report waits, from whatever thread; nil for nobody.
    func onPut(_ body: (@Sendable () -> Void)?) {
        guarded.withLock { $0.onPut = body }
    }

    /// The reports that wait, each once.
    func takeAll() -> [Report] {
        guarded.withLock { guarded in
            defer { guarded.waiting = [:] }
            return guarded.waiting.sorted { $0.key < $1.key }.map(\.value)
        }
    }
}
