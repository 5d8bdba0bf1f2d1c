/// Somebody else who changes a function by its own rules, and to whom reeve yields what is theirs.
public enum ForeignController: Hashable, Sendable, CustomStringConvertible {
    /// A HorizontalPodAutoscaler of this name.
    case horizontalAutoscaler(String)
    /// A VerticalPodAutoscaler of this name; `isActing` when it changes pods and does not only recommend.
    case verticalAutoscaler(String, isActing: Bool)
    /// A ScaledObject of KEDA of this name.
    case scaledObject(String)
    /// OpenFaaS' own scaling, by this label.
    case openFaaS(label: String)

    /// What two may not both change.
    public enum Field: Hashable, Sendable {
        /// How many replicas a function has.
        case replicas
        /// On which nodes they are.
        case nodes
        /// What its containers may use.
        case resources
    }

    /// Whether `field` of the function is this controller's. None of them chooses nodes.
    public func claims(_ field: Field) -> Bool {
        switch (self, field) {
        case (.horizontalAutoscaler, .replicas), (.scaledObject, .replicas), (.openFaaS, .replicas): true
        case (.verticalAutoscaler(_, let isActing), .resources): isActing
        default: false
        }
    }

    /// The object by kind and name.
    public var description: String {
        switch self {
        case .horizontalAutoscaler(let name): "HorizontalPodAutoscaler \(name)"
        case .verticalAutoscaler(let name, _): "VerticalPodAutoscaler \(name)"
        case .scaledObject(let name): "ScaledObject \(name)"
        case .openFaaS(let label): "OpenFaaS' scaling by the label \(label)"
        }
    }

    private static let openFaaSPrefix = "com.openfaas.scale."

    /// Who else changes the Deployment `name` that carries `labels`, out of everything of these kinds in its namespace.
    static func those(
        on name: String, labels: [String: String], horizontal: [JSONValue] = [], vertical: [JSONValue] = [],
        scaled: [JSONValue] = []
    ) -> [ForeignController] {
        let objectName = { (object: JSONValue) in object[path: ["metadata", "name"]]?.text ?? "?" }
        return horizontal.filter { targets($0[path: ["spec", "scaleTargetRef"]], name) }
            .map { .horizontalAutoscaler(objectName($0)) }
            + vertical.filter { targets($0[path: ["spec", "targetRef"]], name) }.map {
                let mode = $0[path: ["spec", "updatePolicy", "updateMode"]]?.text
                // Absent means "Auto".
                return .verticalAutoscaler(objectName($0), isActing: mode != "Off")
            }
            + scaled.filter { targets($0[path: ["spec", "scaleTargetRef"]], name) }
            .map { .scaledObject(objectName($0)) }
            + openFaaSRule(labels).map { .openFaaS(label: $0) }
    }

    /// KEDA leaves the kind out when it is a Deployment.
    private static func targets(_ reference: JSONValue?, _ name: String) -> Bool {
        reference?["name"]?.text == name && (reference?["kind"]?.text ?? "Deployment") == "Deployment"
    }

    /// The first label by which OpenFaaS scales. A factor of 0 switches its scaling off, but for that to zero.
    private static func openFaaSRule(_ labels: [String: String]) -> [String] {
        let rules = labels.keys.filter { $0.hasPrefix(openFaaSPrefix) }.sorted()
        let isOff = labels[openFaaSPrefix + "factor"] == "0" && labels[openFaaSPrefix + "zero"] != "true"
        return isOff ? [] : Array(rules.prefix(1))
    }
}
