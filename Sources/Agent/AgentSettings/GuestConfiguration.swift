import Registers
import Settings
import Topology

/// One entry of `guests`: a guest of this machine that is a node, and the CPUs that it is pinned to.
struct GuestConfiguration {
    let name: NodeName
    let secretKeyPath: String
    let cpus: [Int]

    /// The guests of `file`. Throws `SettingsError` when one cannot be used, or when two share a name or a CPU: what a
    /// CPU counts could not be told apart then.
    static func read(_ file: SettingsSection) throws(SettingsError) -> [GuestConfiguration] {
        var guests: [GuestConfiguration] = []
        for section in try file.sectionList("guests") {
            let guest = try GuestConfiguration(section)
            for other in guests {
                guard other.name != guest.name else {
                    throw SettingsError("\(section.path).node is \(guest.name), as another guest's: each guest has its own")
                }
                if let shared = guest.cpus.first(where: other.cpus.contains) {
                    throw SettingsError(
                        "\(section.path).cpus has CPU \(shared), as \(other.name) has: each CPU may belong to one guest")
                }
            }
            guests.append(guest)
        }
        return guests
    }

    private init(_ section: SettingsSection) throws(SettingsError) {
        let name = try section.string("node")
        guard let node = NodeName(validating: name) else {
            throw SettingsError("\(section.path).node is \"\(name)\": allowed is a Kubernetes node name in lower case")
        }
        let list = try section.string("cpus")
        guard let cpus = CPUList.parse(list), !cpus.isEmpty else {
            throw SettingsError("\(section.path).cpus is \"\(list)\": allowed is a list of CPUs such as 0-3,8")
        }
        self.name = node
        self.cpus = cpus
        secretKeyPath = try section.string("key")
    }
}
