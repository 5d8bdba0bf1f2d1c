/// A taint that pods put up with.
struct Toleration: Hashable, Sendable, Decodable {
    /// The taint's key; nil or empty for every key.
    let key: String?
    /// "Exists" or "Equal"; nil means "Equal".
    let `operator`: String?
    /// The taint's value, with "Equal".
    let value: String?
    /// The taint's effect; nil or empty for every effect.
    let effect: String?

    init(key: String? = nil, operator: String? = nil, value: String? = nil, effect: String? = nil) {
        self.key = key
        self.operator = `operator`
        self.value = value
        self.effect = effect
    }

    /// A toleration out of a pod's pattern.
    init(_ json: JSONValue) {
        self.init(
            key: json["key"]?.text, operator: json["operator"]?.text, value: json["value"]?.text,
            effect: json["effect"]?.text)
    }

    /// Whether pods with this go where `taint` is (core/v1, Toleration.ToleratesTaint).
    func tolerates(_ taint: Node.Taint) -> Bool {
        if let effect, !effect.isEmpty, effect != taint.effect { return false }
        if let key, !key.isEmpty, key != taint.key { return false }
        switch `operator` ?? "" {
        case "Exists": return true
        case "", "Equal": return !(key ?? "").isEmpty && (value ?? "") == (taint.value ?? "")
        default: return false
        }
    }
}
