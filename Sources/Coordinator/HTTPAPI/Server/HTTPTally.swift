import HTTPTypes
import Measures
import Synchronization

/// What has been answered since the start, by route and kind of status; both are few.
final class HTTPTally: Sendable {
    /// What is counted of one route.
    struct Counts: Sendable {
        /// By the first digit of the status.
        var byStatusClass: [Int: UInt64] = [:]
        /// Seconds from the request's head to the end of its answer, streams of events left out.
        var seconds = Histogram(bounds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10])
    }

    struct Snapshot: Sendable {
        var routes: [String: Counts] = [:]
        /// Requests that are being answered, streams of events included.
        var inFlight = 0
        /// Streams of events that are open.
        var eventStreams = 0
    }

    private let counts = Mutex(Snapshot())

    /// The counts as they are now.
    var snapshot: Snapshot { counts.withLock { $0 } }

    /// Notes that a request has begun.
    func begin() { counts.withLock { $0.inFlight += 1 } }

    /// Notes that the request to `route` has been answered; `seconds` is nil for a stream of events.
    func end(_ route: String, _ status: HTTPResponse.Status, seconds: Double?) {
        counts.withLock { counts in
            counts.inFlight -= 1
            counts.routes[route, default: Counts()].byStatusClass[status.code / 100, default: 0] += 1
            if let seconds { counts.routes[route]?.seconds.record(seconds) }
        }
    }

    /// Makes room for one more stream of events among at most `most`; false where there is none.
    func openStream(most: Int) -> Bool {
        counts.withLock { counts in
            guard counts.eventStreams < most else { return false }
            counts.eventStreams += 1
            return true
        }
    }

    /// Notes that a stream of events has ended.
    func closeStream() { counts.withLock { $0.eventStreams -= 1 } }
}
