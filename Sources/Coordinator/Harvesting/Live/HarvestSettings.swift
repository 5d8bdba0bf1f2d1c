/// How a node's containers are harvested.
public struct HarvestSettings: Sendable, Hashable {
    /// The least change worth making, and what stays free above a container's recent peak. A tenth of a core and 64 MiB:
    /// functions' limits are fractions of a core, where the paper's are whole ones.
    public var step: Resources
    /// The most that a container gets by borrowing; 8 cores as in the paper, and 4 GiB.
    public var maximum: Resources
    /// For how long a limit is changed at a time, in seconds; renewed at half of it. It bounds how long a limit outlives
    /// the coordinator that changed it.
    public var leaseSeconds: Double
    /// For how long a container is watched before its limits are changed, in seconds.
    public var observeSeconds: Double
    /// For how long a container is left alone after a lease of its was refused or ended early, in seconds.
    public var quietSeconds: Double
    /// After so long a peak no longer counts, in seconds: what a function used while it started says little of later.
    public var forgetSeconds: Double
    /// What a lowered memory limit leaves above the largest working set, in MiB; agents refuse less than 48.
    public var memoryMarginMebibytes: Int
    /// The namespaces of the functions; empty for all but `kube-system`.
    public var namespaces: Set<String>

    /// Settings as described.
    public init(
        step: Resources, maximum: Resources, leaseSeconds: Double, observeSeconds: Double, quietSeconds: Double,
        forgetSeconds: Double, memoryMarginMebibytes: Int, namespaces: Set<String>
    ) {
        self.step = step
        self.maximum = maximum
        self.leaseSeconds = leaseSeconds
        self.observeSeconds = observeSeconds
        self.quietSeconds = quietSeconds
        self.forgetSeconds = forgetSeconds
        self.memoryMarginMebibytes = memoryMarginMebibytes
        self.namespaces = namespaces
    }

    /// The values that the configuration file documents.
    public static let standard = Self(
        step: Resources(millicores: 100, mebibytes: 64), maximum: Resources(millicores: 8_000, mebibytes: 4_096),
        leaseSeconds: 10, observeSeconds: 10, quietSeconds: 30, forgetSeconds: 300, memoryMarginMebibytes: 64,
        namespaces: [])

    /// The safeguard over these amounts.
    public var safeguard: Safeguard { Safeguard(step: step, maximum: maximum) }

    /// Whether containers in `namespace` are functions'.
    public func concerns(_ namespace: String?) -> Bool {
        guard let namespace else { return false }
        return namespaces.isEmpty ? namespace != "kube-system" : namespaces.contains(namespace)
    }
}
