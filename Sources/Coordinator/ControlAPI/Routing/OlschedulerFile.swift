import Foundation
import Settings

/// The members of an olscheduler's JSON configuration.
struct OlschedulerFile {
    /// A balancer by the olscheduler's name for it.
    enum Balancer: String, CaseIterable {
        case roundRobin = "round-robin"
        case random = "random"
        case leastLoaded = "least-loaded"
        case packageAware = "pkg-aware"
        case boundedHash = "hashing-bounded"

        /// What it is called here.
        var ours: String {
            switch self {
            case .roundRobin: "round-robin"
            case .random: "random"
            case .leastLoaded: "least-loaded"
            case .packageAware: "package-aware"
            case .boundedHash: "bounded-hash"
            }
        }
    }

    private(set) var host: String
    private(set) var port: Int
    private(set) var balancer: Balancer
    private(set) var loadThreshold: Int?
    private(set) var registry: String?
    private(set) var workers: [String]
    /// What of these members is not taken as it stands, one sentence each.
    private(set) var warnings: [String] = []

    private static let known = ["host", "port", "balancer", "load-threshold", "registry", "workers"]

    /// Reads the members. Throws `SettingsError` naming the one that is not as the olscheduler has it.
    init(json: Data) throws(SettingsError) {
        let object = try Self.object(json)
        var members: [String: Any] = [:]
        for (key, value) in object.sorted(by: { $0.key < $1.key }) {
            // Go's decoder takes names in any case, and leaves alone what it does not know.
            let name = key.lowercased()
            if Self.known.contains(name) {
                guard members.updateValue(value, forKey: name) == nil else {
                    throw SettingsError("\(key) stands more than once, in different cases: allowed is once")
                }
            } else if !key.hasPrefix("_") {
                warnings.append("\(key): the olscheduler does not know this member, and it is left out")
            }
        }
        host = try Self.value("host", in: members, "a text") ?? ""
        port = try Self.value("port", in: members, "a whole number") ?? 0
        loadThreshold = try Self.value("load-threshold", in: members, "a whole number")
        registry = try Self.value("registry", in: members, "a text")
        workers = try Self.value("workers", in: members, "a list of texts") ?? []
        balancer = .roundRobin
        try judge(balancer: try Self.value("balancer", in: members, "a text"))
        try judgeNumbers()
    }

    private static func object(_ json: Data) throws(SettingsError) -> [String: Any] {
        do {
            if let object = try JSONSerialization.jsonObject(with: json) as? [String: Any] { return object }
        } catch {
            throw SettingsError("the file is no JSON: \(error)")
        }
        throw SettingsError("the file is no olscheduler configuration: allowed is a JSON object")
    }

    private static func value<Value>(
        _ name: String, in members: [String: Any], _ allowed: String
    ) throws(SettingsError) -> Value? {
        guard let any = members[name], !(any is NSNull) else { return nil }
        guard let value = any as? Value else {
            throw SettingsError("\(name) is \(any): allowed is \(allowed)")
        }
        return value
    }

    private mutating func judge(balancer name: String?) throws(SettingsError) {
        if let name, let known = Balancer(rawValue: name) {
            balancer = known
        } else if name == "consistent-hashing-bounded" {
            balancer = .boundedHash
            warnings.append(
                "balancer: the olscheduler refuses consistent-hashing-bounded, which its evaluation names; taken is "
                    + "hashing-bounded")
        } else {
            let allowed = Balancer.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingsError("balancer is \(name.map { "\"\($0)\"" } ?? "missing"): allowed is \(allowed)")
        }
    }

    private mutating func judgeNumbers() throws(SettingsError) {
        guard (1...65_535).contains(port) else {
            throw SettingsError("port is \(port == 0 ? "missing or 0" : "\(port)"): allowed is 1 to 65535")
        }
        if host.isEmpty {
            host = "0.0.0.0"
            warnings.append("host: none is named, for which the olscheduler listens on every address, and so does this")
        }
        if host.contains(":"), !host.hasPrefix("[") { host = "[\(host)]" }
        if let threshold = loadThreshold {
            guard (0...1_000_000).contains(threshold) else {
                throw SettingsError("load-threshold is \(threshold): allowed is 0 to 1000000")
            }
            if balancer != .packageAware {
                warnings.append("load-threshold: only pkg-aware heeds it, there and here")
            }
        } else if balancer == .packageAware {
            loadThreshold = 0
            warnings.append(
                "load-threshold: none is named, which for the olscheduler is 0 and makes pkg-aware the same as "
                    + "least-loaded; the thesis' best is 100")
        }
    }
}
