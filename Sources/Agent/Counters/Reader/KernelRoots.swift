/// Where the kernel's interfaces are mounted; other folders than the usual ones serve containers and virtual hardware.
public struct KernelRoots: Hashable, Sendable {
    /// Folder with `<cpu>/msr` for each logical CPU.
    public let msr: String
    /// The sysfs mount.
    public let sysfs: String
    /// The procfs mount.
    public let proc: String
    /// The physical memory device.
    public let mem: String

    /// The given folders and device; the defaults are those of an ordinary Linux system.
    public init(
        msr: String = "/dev/cpu", sysfs: String = "/sys", proc: String = "/proc", mem: String = "/dev/mem"
    ) {
        self.msr = msr
        self.sysfs = sysfs
        self.proc = proc
        self.mem = mem
    }
}
