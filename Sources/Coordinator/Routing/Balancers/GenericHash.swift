public import Measures

/// nginx' `hash $request_uri`: requests for one URI go to one worker.
///
/// The hash is bits 16 to 30 of the URI's CRC-32, turned into a worker by the weights. A worker that takes nothing
/// makes it add the hash of the try's number and the URI, and after 20 times it is whose turn it is
/// (ngx_http_upstream_hash_module.c, without `consistent`).
public struct GenericHash: Balancer {
    static let entry = BalancerEntry("hash", "by the request's URI, as nginx' hash") { _ in Self() }

    private var rotation = SmoothRotation()

    /// Has no memory but the turns of its fallback.
    public init() {}

    public mutating func choose(
        for request: RoutedRequest, among candidates: Candidates, in state: RoutingState, at now: MonotonicInstant
    ) -> Int {
        var hash = 0
        for number in 0...Fleet.mostRehashes {
            hash += Self.hash(request.invocation.uri, number: number)
            if let index = state.fleet.worker(atShare: hash), candidates.contains(index) { return index }
        }
        return rotation.next(among: candidates.indices, in: state.fleet)
    }

    /// The hash of `key` at try `number`, counted from 0, whose first has no number in it.
    static func hash(_ key: String, number: Int) -> Int {
        Int((Hashes.crc32((number == 0 ? key : "\(number)\(key)").utf8) >> 16) & 0x7fff)
    }
}
