public import Containers
import Settings

/// The section `containers`: what is watched of them, and whether their limits may be changed.
public struct ContainerConfiguration: Hashable, Sendable {
    /// What is watched.
    public var containers: ContainerSettings
    /// Whether and how limits are changed.
    public var leases: LeaseSettings

    /// Reads the section of `file`; nil where it is absent, which watches no container. Throws `SettingsError`.
    static func read(_ file: SettingsSection) throws(SettingsError) -> ContainerConfiguration? {
        guard let section = try file.section("containers") else { return nil }
        var containers = ContainerSettings()
        containers.cgroupRoot = try section.string("cgroupRoot", default: containers.cgroupRoot)
        if let parent = try section.optionalString("cgroupParent") { containers.cgroupParents.append(parent) }
        containers.logRoot = try section.string("logRoot", default: containers.logRoot)
        containers.maximumContainers = try section.integer(
            "maximumContainers", in: 1...4_096, default: containers.maximumContainers)
        var leases = LeaseSettings()
        leases.isEnabled = try section.boolean("leases", default: leases.isEnabled)
        leases.statePath = try section.string("leaseRecord", default: leases.statePath)
        return ContainerConfiguration(containers: containers, leases: leases)
    }
}
