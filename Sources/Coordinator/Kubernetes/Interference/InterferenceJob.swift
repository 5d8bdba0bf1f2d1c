import Cluster
import Foundation
import Topology

/// The Job that puts pressure on a node: stress-ng, for as long as it is to last and no longer.
struct InterferenceJob: KubernetesObject, Encodable {
    /// The label on every such Job and its pod; its value is "true".
    static let label = "reeve.dev/interference"
    /// The annotation that says what it does.
    static let annotation = "reeve.dev/pressure"
    /// How long one that has ended stays to be looked at, in seconds, where the cluster clears away (since 1.23).
    private static let secondsAfterEnd: Int64 = 60
    /// What the scheduler is told of it: little, for interference is what a scheduler does not know of. Its weight
    /// against functions follows from this too.
    private static let requestedMillicores = 100

    private let json: JSONValue

    init(from decoder: any Decoder) throws { json = try JSONValue(from: decoder) }

    func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }

    var metadata: ObjectMetadata {
        ObjectMetadata(
            name: json[path: ["metadata", "name"]]?.text ?? "", uid: json[path: ["metadata", "uid"]]?.text)
    }

    /// The Job called `name` that puts `interference` on a node of `cores` cores.
    init(_ interference: Interference, name: String, image: String, cores: Double) {
        let command = Self.command(interference, cores: cores)
        let limit = Int(((interference.cpu + interference.cache + interference.memory) * cores * 1_000).rounded(.up))
        let container: JSONValue = [
            "name": "stress-ng", "image": .string(image), "command": .array(command.map { .string($0) }),
            "resources": [
                "requests": ["cpu": .string("\(min(limit, Self.requestedMillicores))m")],
                "limits": ["cpu": .string("\(limit)m")],
            ],
        ]
        let labels: JSONValue = [Self.label: "true", "app.kubernetes.io/managed-by": "reeve"]
        json = [
            "apiVersion": "batch/v1", "kind": "Job",
            "metadata": [
                "name": .string(name), "labels": labels,
                "annotations": .object([Self.annotation: .string(Self.text(of: interference))]),
            ],
            "spec": [
                "backoffLimit": 0, "activeDeadlineSeconds": .integer(Int64(interference.seconds)),
                "ttlSecondsAfterFinished": .integer(Self.secondsAfterEnd),
                "template": [
                    "metadata": ["labels": labels],
                    "spec": [
                        "restartPolicy": "Never", "terminationGracePeriodSeconds": 1,
                        "nodeSelector": ["kubernetes.io/hostname": .string(interference.node.rawValue)],
                        "containers": .array([container]),
                    ],
                ],
            ],
        ]
    }

    /// The share of all cores at part load; for cache and memory, as many cores as the share makes, at full load.
    private static func command(_ interference: Interference, cores: Double) -> [String] {
        func workers(_ share: Double) -> Int { max(Int((share * cores).rounded()), 1) }
        var command = ["stress-ng", "--timeout", "\(interference.seconds)s"]
        if interference.cpu > 0 {
            command += ["--cpu", "\(workers(1))", "--cpu-load", "\(max(Int((interference.cpu * 100).rounded()), 1))"]
        }
        if interference.cache > 0 { command += ["--cache", "\(workers(interference.cache))"] }
        if interference.memory > 0 { command += ["--stream", "\(workers(interference.memory))"] }
        return command
    }

    /// What the annotation says.
    private struct Stated: Codable {
        let node: String
        let cpu, cache, memory: Double
        let seconds: Int
    }

    private static func text(of interference: Interference) -> String {
        let stated = Stated(
            node: interference.node.rawValue, cpu: interference.cpu, cache: interference.cache,
            memory: interference.memory, seconds: interference.seconds)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // Shares are finite, so there is always a text.
        return (try? encoder.encode(stated)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// What it puts on which node; nil for a Job that says nothing of the kind.
    var interference: Interference? {
        guard let text = json[path: ["metadata", "annotations", Self.annotation]]?.text,
            let stated = try? JSONDecoder().decode(Stated.self, from: Data(text.utf8))
        else { return nil }
        return try? Interference(
            on: NodeName(stated.node), cpu: stated.cpu, cache: stated.cache, memory: stated.memory,
            seconds: stated.seconds)
    }

    /// Whether it is over, well or not, or about to go.
    var hasEnded: Bool {
        let conditions = json[path: ["status", "conditions"]]?.elements ?? []
        return json[path: ["metadata", "deletionTimestamp"]] != nil
            || conditions.contains { condition in
                ["Complete", "Failed"].contains(condition["type"]?.text) && condition["status"]?.text == "True"
            }
    }
}
