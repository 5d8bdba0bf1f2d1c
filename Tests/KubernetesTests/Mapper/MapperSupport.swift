import Cluster
import Foundation
import Testing

@testable import Kubernetes

/// Reads `text` as JSON of this type.
func decoded<Value: Decodable>(_ text: String, as type: Value.Type = Value.self) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(text.utf8))
}

/// `value` as an object that is kept in part.
func typed<Value: Decodable>(_ value: JSONValue, as type: Value.Type = Value.self) throws -> Value {
    try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
}

/// What the server would have of `object` after the strategic-merge `patch`, as far as maps go, which is as far as
/// patches of reeve's own go.
func patched(_ object: JSONValue, with patch: JSONValue) -> JSONValue {
    guard let changes = patch.fields else { return patch }
    var result: [String: JSONValue] = changes["$patch"] == "replace" ? [:] : object.fields ?? [:]
    for (key, change) in changes where key != "$patch" {
        if change == .null {
            result.removeValue(forKey: key)
        } else {
            result[key] = patched(result[key] ?? [:], with: change)
        }
    }
    // A map that nothing is left of is left out.
    return .object(result.filter { !["labels", "annotations"].contains($0.key) || $0.value != [:] })
}

/// A Deployment as the server has it.
func stored(
    _ name: String = "f", affinity: JSONValue? = nil, strategy: JSONValue? = nil, replicas: Int64 = 1,
    generation: Int64 = 1
) -> JSONValue {
    var object = deployment(name, replicas: replicas)
    object[path: ["metadata", "generation"]] = .integer(generation)
    object[path: ["metadata", "resourceVersion"]] = "7"
    object["status"] = [:]
    object[path: ["spec", "strategy"]] =
        strategy ?? ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": "25%", "maxUnavailable": "25%"]]
    object[path: ["spec", "template", "spec", "affinity"]] = affinity
    return object
}

/// The requirement to be on `node`.
func on(_ node: String) -> JSONValue {
    ["key": "metadata.name", "operator": "In", "values": [.string(node)]]
}

/// An affinity that requires one of `terms`.
func requiring(_ terms: JSONValue...) -> JSONValue {
    ["nodeAffinity": ["requiredDuringSchedulingIgnoredDuringExecution": ["nodeSelectorTerms": .array(terms)]]]
}
