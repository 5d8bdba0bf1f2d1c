import KernelFiles
import Registers

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The groups below a mount of the kernel's resource control (Linux, Documentation/arch/x86/resctrl.rst). Nothing is
/// mounted or made here: whoever partitions caches on the machine owns the tree.
struct ResourceControlTree: Sendable {
    /// A folder of the tree: one that is removed and made again under its name is another.
    struct Folder: Hashable, Sendable {
        let path: String
        let inode: UInt64
    }

    /// A control group with the monitoring groups in it.
    struct Listing: Hashable, Sendable {
        let control: Folder
        let monitoring: [Folder]
    }

    /// Groups of either kind that are followed at most; processors tell a few hundred apart.
    static let mostGroups = 512

    let root: String

    /// Whether the kernel has a place to mount the tree at.
    var isSupported: Bool { Self.folder(root) != nil }

    /// Why the tree has nothing to read; nil when it has.
    var absence: String? {
        guard isSupported else {
            return "the kernel has no resource control: there is no \(root)"
        }
        guard Self.folder("\(root)/mon_data") == nil else { return nil }
        return KernelText.names(in: root).isEmpty
            ? "resource control is not mounted (mount -t resctrl resctrl \(root))"
            : "resource control is mounted, but the processor monitors nothing: there is no \(root)/mon_data"
    }

    /// The root's own group, then the other control groups by name. Nil when there are more groups than are followed.
    func groups() -> [Listing]? {
        let others = KernelText.names(in: root).filter { !Self.reserved.contains($0) }
            .map { "\(root)/\($0)" }.filter { Self.folder("\($0)/mon_data") != nil }
        var groups: [Listing] = []
        var count = 0
        for path in [root] + others {
            guard let control = Self.folder(path) else { continue }
            let folder = "\(path)/mon_groups"
            let monitoring = KernelText.names(in: folder).compactMap { Self.folder("\(folder)/\($0)") }
            count += 1 + monitoring.count
            groups.append(Listing(control: control, monitoring: monitoring))
        }
        return count <= Self.mostGroups ? groups : nil
    }

    /// The folders that hold groups of `groups`.
    func holders(of groups: [Listing]) -> [String] { [root] + groups.map { "\($0.control.path)/mon_groups" } }

    /// A number that changes when a group comes or goes, from the count of folders that each of `holders` keeps. A file
    /// system that does not count them tells nothing.
    static func population(_ holders: [String]) -> UInt64 {
        holders.reduce(0) { sum, path in
            var status = stat()
            return sum &* 31 &+ (stat(path, &status) == 0 ? UInt64(status.st_nlink) : 0)
        }
    }

    private static let reserved: Set<String> = ["info", "mon_data", "mon_groups"]

    private static func folder(_ path: String) -> Folder? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
        return Folder(path: path, inode: UInt64(status.st_ino))
    }
}
