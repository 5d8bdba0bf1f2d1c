public import Foundation
public import Topology

extension PackageRegistry {
    private struct Entry: Decodable {
        let handle: String
        let pkgs: [String]
    }

    /// Reads the olscheduler's registry: an array of `{"handle": name, "pkgs": [largest, ..., smallest]}`. Also says
    /// which functions stand in it more than once; the last entry of each holds, as it does there. Throws
    /// `RoutingError` saying what is not as it should be.
    public static func read(
        olschedulerJSON data: Data
    ) throws(RoutingError) -> (registry: PackageRegistry, repeated: [FunctionName]) {
        let entries: [Entry]
        do {
            entries = try JSONDecoder().decode([Entry].self, from: data)
        } catch {
            throw RoutingError(
                "the registry cannot be read: allowed is an array of {\"handle\": name, \"pkgs\": [names]} (\(error))")
        }
        var registry = PackageRegistry()
        var repeated: [FunctionName] = []
        for (index, entry) in entries.enumerated() {
            guard !entry.handle.isEmpty, entry.pkgs.allSatisfy({ !$0.isEmpty }) else {
                throw RoutingError(
                    "entry \(index) of the registry has an empty name: each handle and package needs one")
            }
            let function = FunctionName(entry.handle)
            if registry.packages(of: function) != nil, !repeated.contains(function) { repeated.append(function) }
            registry.enter(function, packages: entry.pkgs)
        }
        return (registry, repeated)
    }
}
