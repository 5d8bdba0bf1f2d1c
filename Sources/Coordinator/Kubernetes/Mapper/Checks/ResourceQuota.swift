/// A ResourceQuota, as far as it is kept: what all pods of a namespace may have together.
struct ResourceQuota: KubernetesObject, Hashable {
    let metadata: ObjectMetadata
    let spec: Spec
    let status: Status?

    struct Spec: Hashable, Sendable, Decodable {
        /// Which pods count; nil for all.
        let scopes: [String]?
        let scopeSelector: JSONValue?
    }

    struct Status: Hashable, Sendable, Decodable {
        let hard: [String: Quantity]?
        let used: [String: Quantity]?
    }

    /// Why `pods` more pods after `template` may not come, in words that follow "because"; nil when they may.
    ///
    /// A quota that counts some pods only is left to the server, whose refusal is seen as soon as it is made.
    func objection(to pods: Int, after template: JSONValue) -> String? {
        guard pods > 0, (spec.scopes ?? []).isEmpty, spec.scopeSelector == nil else { return nil }
        let hard = status?.hard ?? [:]
        for (resource, limit) in hard.sorted(by: { $0.key < $1.key }) {
            guard let each = Self.amount(of: resource, after: template), each.nano > 0 else { continue }
            let used = status?.used?[resource] ?? Quantity(nano: 0)
            let (more, overflow) = each.nano.multipliedReportingOverflow(by: Int128(pods))
            if overflow || used.nano + more > limit.nano {
                return "ResourceQuota \(metadata.name) allows \(resource)=\(limit.text), of which \(used.text) is "
                    + "used; \(pods) more pod\(pods == 1 ? "" : "s") with \(each.text) cannot come"
            }
        }
        return nil
    }

    /// How much one pod counts; nil for what is not counted by pods.
    private static func amount(of resource: String, after template: JSONValue) -> Quantity? {
        switch resource {
        case "pods", "count/pods": Quantity(nano: 1_000_000_000)
        case "cpu", "memory", "ephemeral-storage": sum(resource, in: "requests", of: template)
        case _ where resource.hasPrefix("requests."):
            sum(String(resource.dropFirst("requests.".count)), in: "requests", of: template)
        case _ where resource.hasPrefix("limits."):
            sum(String(resource.dropFirst("limits.".count)), in: "limits", of: template)
        default: nil
        }
    }

    /// What the containers have together; a request that is not stated is the limit.
    private static func sum(_ resource: String, in part: String, of template: JSONValue) -> Quantity {
        let amounts = (template["containers"]?.elements ?? []).compactMap { container -> Quantity? in
            let resources = container["resources"]
            let stated = resources?[path: [part, resource]] ?? resources?[path: ["limits", resource]]
            return stated?.text.flatMap { Quantity($0) } ?? stated?.whole.flatMap { Quantity("\($0)") }
        }
        return Quantity(nano: amounts.reduce(0) { $0 + $1.nano })
    }
}
