import Counters
import Topology

/// The JSON of `reeve-agent sample --json`: one object per sample, with metric names to values for the node, each socket
/// and each CPU. A metric that is absent is null; metric names are lower-case words and values finite numbers, so that
/// neither needs escaping.
enum SampleObject {
    /// One line.
    static func render(_ rows: [ProbeRow]) -> String {
        var system: [String] = []
        var sockets: [(index: Int, fields: [String])] = []
        var cpus: [(index: Int, fields: [String])] = []
        for row in rows {
            let field = "\"\(row.column.metric.name)\":\(row.value.map { "\($0)" } ?? "null")"
            switch row.column.scope {
            case .system: system.append(field)
            case .socket(let index): add(field, index, to: &sockets)
            case .core(let index): add(field, index, to: &cpus)
            }
        }
        return "{\"system\":{\(system.joined(separator: ","))},\"sockets\":\(object(sockets)),\"cpus\":\(object(cpus))}"
    }

    /// Columns of one part of the node stand together.
    private static func add(_ field: String, _ index: Int, to parts: inout [(index: Int, fields: [String])]) {
        if parts.last?.index == index {
            parts[parts.count - 1].fields.append(field)
        } else {
            parts.append((index, [field]))
        }
    }

    private static func object(_ parts: [(index: Int, fields: [String])]) -> String {
        "{\(parts.map { "\"\($0.index)\":{\($0.fields.joined(separator: ","))}" }.joined(separator: ","))}"
    }
}
