public import Measures

/// nginx' ip_hash: requests of one client's network go to one worker.
///
/// The first three bytes of an IPv4 address and all of an IPv6 address are hashed, h = 89, then h = (h * 113 + byte)
/// mod 6271, and the hash is turned into a worker by the weights. A worker that takes nothing makes it hash again from
/// where it is, and after 20 times it is whose turn it is, as it is for a client whose address is not known
/// (ngx_http_upstream_ip_hash_module.c).
public struct ClientHash: Balancer {
    static let entry = BalancerEntry("ip-hash", "by the client's network, as nginx' ip_hash") { _ in Self() }

    private var rotation = SmoothRotation()

    /// Has no memory but the turns of its fallback.
    public init() {}

    public mutating func choose(
        for request: RoutedRequest, among candidates: Candidates, in state: RoutingState, at now: MonotonicInstant
    ) -> Int {
        let client = request.invocation.client
        guard !client.isEmpty else { return rotation.next(among: candidates.indices, in: state.fleet) }
        var hash = 89
        for _ in 0...Fleet.mostRehashes {
            hash = Self.hash(client, from: hash)
            if let index = state.fleet.worker(atShare: hash), candidates.contains(index) { return index }
        }
        return rotation.next(among: candidates.indices, in: state.fleet)
    }

    /// The hash of a client's address, begun at `start`.
    static func hash(_ client: [UInt8], from start: Int = 89) -> Int {
        (client.count == 4 ? client.prefix(3) : client[...]).reduce(start) { ($0 * 113 + Int($1)) % 6271 }
    }
}
