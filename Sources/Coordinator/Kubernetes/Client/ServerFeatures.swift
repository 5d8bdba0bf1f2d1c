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

/// The groups of kinds that the API server has, in which versions (discovery, `GET /apis`); the core is not among them.
struct ServedGroups: Decodable, Sendable {
    private struct Group: Decodable {
        struct Version: Decodable {
            let groupVersion: String
        }
        let versions: [Version]
    }

    private enum CodingKeys: CodingKey {
        case groups
    }

    /// Such as "apps/v1", and "v1" for the core.
    let versions: Set<String>

    init(from decoder: any Decoder) throws {
        let groups = try decoder.container(keyedBy: CodingKeys.self).decode([Group].self, forKey: .groups)
        versions = Set(groups.flatMap(\.versions).map(\.groupVersion)).union(["v1"])
    }
}
