/// What watching containers is told at start.
public struct ContainerSettings: Hashable, Sendable {
    /// The folder that the control group file systems are mounted on or below.
    public var cgroupRoot: String
    /// Groups, relative to the root of each hierarchy, in which `kubepods` or `…kubepods.slice` is looked for: the
    /// root itself, and the groups that a kubelet with `--cgroup-root` has been seen to use.
    public var cgroupParents: [String]
    /// The folder with the kubelet's `pods` and `containers` folders of logs.
    public var logRoot: String
    /// The most containers that are sampled; those beyond are counted and said, so that the cost has a bound.
    public var maximumContainers: Int
    /// The length of a window of CPU use, in nanoseconds: 100 ms, as harvesting watches use (Freyr, section 5).
    public var windowNanoseconds: UInt64
    /// How often the tree of groups is searched for containers that came or went, in nanoseconds.
    public var scanNanoseconds: UInt64

    /// Settings as given; the defaults are those of an ordinary node.
    public init(
        cgroupRoot: String = "/sys/fs/cgroup", cgroupParents: [String] = ["", "kubelet", "kubelet.slice"],
        logRoot: String = "/var/log", maximumContainers: Int = 512, windowNanoseconds: UInt64 = 100_000_000,
        scanNanoseconds: UInt64 = 1_000_000_000
    ) {
        self.cgroupRoot = cgroupRoot
        self.cgroupParents = cgroupParents
        self.logRoot = logRoot
        self.maximumContainers = maximumContainers
        self.windowNanoseconds = windowNanoseconds
        self.scanNanoseconds = scanNanoseconds
    }
}
