/// A kind of objects as the API server's paths name it.
public struct ResourceKind: Hashable, Sendable, CustomStringConvertible {
    /// The API group; empty for the core.
    public let group: String
    /// The version within the group.
    public let version: String
    /// The plural in paths.
    public let plural: String
    /// Whether its objects live in namespaces.
    public let isNamespaced: Bool

    /// A kind as described.
    public init(group: String = "", version: String = "v1", plural: String, isNamespaced: Bool = true) {
        self.group = group
        self.version = version
        self.plural = plural
        self.isNamespaced = isNamespaced
    }

    /// Nodes.
    public static let nodes = ResourceKind(plural: "nodes", isNamespaced: false)
    /// Namespaces.
    public static let namespaces = ResourceKind(plural: "namespaces", isNamespaced: false)
    /// Pods.
    public static let pods = ResourceKind(plural: "pods")
    /// Events of the core group.
    public static let events = ResourceKind(plural: "events")
    /// ConfigMaps.
    public static let configMaps = ResourceKind(plural: "configmaps")
    /// Deployments.
    public static let deployments = ResourceKind(group: "apps", plural: "deployments")
    /// Jobs.
    public static let jobs = ResourceKind(group: "batch", plural: "jobs")
    /// Leases.
    public static let leases = ResourceKind(group: "coordination.k8s.io", plural: "leases")
    /// ResourceQuotas.
    public static let resourceQuotas = ResourceKind(plural: "resourcequotas")
    /// PodDisruptionBudgets as servers since 1.21 have them.
    public static let disruptionBudgets = ResourceKind(group: "policy", plural: "poddisruptionbudgets")
    /// HorizontalPodAutoscalers: every server answers for all of them in version 1, whatever version they were written
    /// in.
    public static let horizontalAutoscalers = ResourceKind(group: "autoscaling", plural: "horizontalpodautoscalers")
    /// VerticalPodAutoscalers, where their definition is installed.
    public static let verticalAutoscalers = ResourceKind(
        group: "autoscaling.k8s.io", plural: "verticalpodautoscalers")
    /// KEDA's ScaledObjects, where their definition is installed.
    public static let scaledObjects = ResourceKind(group: "keda.sh", version: "v1alpha1", plural: "scaledobjects")
    /// Reviews of what who asks may do.
    public static let selfSubjectAccessReviews = ResourceKind(
        group: "authorization.k8s.io", plural: "selfsubjectaccessreviews", isNamespaced: false)

    /// "deployments.apps", or the plural alone for the core.
    public var description: String { group.isEmpty ? plural : "\(plural).\(group)" }

    /// "apps/v1", or the version alone for the core.
    public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// The path of a collection, an object or a part of it. Names are percent-encoded, so that none can lead elsewhere.
    func path(in namespace: String? = nil, named name: String? = nil, subresource: String? = nil) -> String {
        var parts = group.isEmpty ? ["api", version] : ["apis", group, version]
        if let namespace, isNamespaced { parts += ["namespaces", namespace] }
        parts.append(plural)
        if let name { parts.append(name) }
        if let name = subresource { parts.append(name) }
        return parts.map { "/" + percentEncoded($0) }.joined()
    }
}

/// `text` with everything encoded but what is unreserved in URLs (RFC 3986, section 2.3).
func percentEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var encoded: [UInt8] = []
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
            encoded.append(byte)
        default: encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
    // A name of dots alone would be taken for a step up.
    let path = String(decoding: encoded, as: UTF8.self)
    return path == "." || path == ".." ? path.replacing(".", with: "%2E") : path
}
