/// What the API server says of the core group that differs between versions (discovery, `GET /api/v1`).
struct ServerFeatures: Decodable, Sendable, Hashable {
    /// Whether running pods can be given other resources.
    let hasPodResize: Bool
    /// The apiVersion that an Eviction must have: policy/v1 since 1.22, policy/v1beta1 before.
    let evictionVersion: String

    private struct Resource: Decodable {
        let name: String
        let group: String?
        let version: String?
    }

    private enum CodingKeys: CodingKey {
        case resources
    }

    init(from decoder: any Decoder) throws {
        let resources = try decoder.container(keyedBy: CodingKeys.self).decode([Resource].self, forKey: .resources)
        hasPodResize = resources.contains { $0.name == "pods/resize" }
        let eviction = resources.first { $0.name == "pods/eviction" }
        evictionVersion = "\(eviction?.group ?? "policy")/\(eviction?.version ?? "v1")"
    }
}
