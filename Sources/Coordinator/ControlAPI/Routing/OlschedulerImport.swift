public import Foundation
import Routing
public import Settings

/// An olscheduler's configuration as one of ours, with what is not the same here.
public struct OlschedulerImport: Sendable {
    /// A configuration of a coordinator that does nothing but route and answer queries.
    public let yaml: String
    /// What the operator should know, one sentence each.
    public let warnings: [String]

    /// Reads the olscheduler's JSON. As there, names of keys are taken in any case, and those that it does not know are
    /// left alone. Throws `SettingsError` for what cannot be made sense of.
    public init(json: Data) throws(SettingsError) {
        let file = try OlschedulerFile(json: json)
        let workers = try OlschedulerWorkers(file.workers, balancer: file.balancer)
        var warnings = file.warnings + workers.warnings + Self.warnings(about: file.balancer)
        if let registry = file.registry, !registry.hasPrefix("/") {
            warnings.append(
                "registry: \(registry) is sought from the folder that the coordinator is started in, which for its "
                    + "unit is /")
        }
        if file.registry == nil {
            warnings.append(
                "registry: none is named, which the olscheduler does not start without; here no package is known")
        }
        self.warnings = warnings + [
            "a function that the registry does not name is refused by the olscheduler with 400; here it is served",
            "paths go to workers as clients write them, as from the olscheduler; workers of today's OpenLambda know "
                + "/run/NAME and not /runLambda/NAME, which kind: openlambda takes care of",
            "whoever reaches the olscheduler's port may add and remove workers; here that is done by reeve routes, on "
                + "the coordinator's query socket",
        ]
        yaml = Self.yaml(file, workers)
    }

    private static func yaml(_ file: OlschedulerFile, _ workers: OlschedulerWorkers) -> String {
        var lines = [
            "# An olscheduler's configuration, rewritten by `reeve routes import`.", "routing:",
            "  listen: [\(quoted("\(file.host):\(file.port)"))]", "  balancer: \(file.balancer.ours)",
        ]
        if let threshold = file.loadThreshold {
            lines += ["  balancing:", "    loadThreshold: \(threshold)"]
        }
        if let registry = file.registry { lines += ["  registry:", "    - {olscheduler: \(quoted(registry))}"] }
        lines.append(workers.list.isEmpty ? "  workers: []" : "  workers:")
        for worker in workers.list { lines.append("    - {url: \(quoted(worker.url)), weight: \(worker.weight)}") }
        lines += ["query:", "  socket: \(QueryConfiguration.defaultSocketPath)"]
        return lines.joined(separator: "\n") + "\n"
    }

    /// `text` in double quotes (YAML 1.2, section 7.3.1).
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\x" + (digits.count == 1 ? "0" : "") + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    private static func warnings(about balancer: OlschedulerFile.Balancer) -> [String] {
        switch balancer {
        case .roundRobin: []
        case .random:
            [
                "balancer: random draws from the clock there; here from balancing.seed, so that a run can be repeated",
                "balancer: where all weights are 0 the olscheduler cuts the connection; here the answer is 503",
            ]
        case .leastLoaded:
            [
                "balancer: of equally loaded workers the olscheduler takes the first, so that a dead one may get "
                    + "everything; here they take turns, and workers that fail are left alone for a time"
            ]
        case .packageAware:
            [
                "balancer: package-aware is the thesis' rule, with two hashes modulo the number of workers; the "
                    + "olscheduler of today seeks them on a ring, so functions may have other homes there",
                "balancer: a function without packages is refused there with 500; here its name stands for its package",
            ]
        case .boundedHash:
            [
                "balancer: the olscheduler ends at the first request, because it leaves the configured workers out of "
                    + "its ring; here they are in it",
                "balancer: the olscheduler hashes the whole URI, so that a query parts one function's requests; "
                    + "bounded-hash hashes the function's name",
                "balancer: the olscheduler rounds down before it applies its bound of 1.25; here it is the paper's "
                    + "bound",
            ]
        }
    }
}
