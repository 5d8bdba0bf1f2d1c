import KernelFiles

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Where each controller's groups are, and in which version's files (Linux, Documentation/admin-guide/cgroup-v1 and
/// cgroup-v2.rst).
struct CgroupLayout: Hashable, Sendable {
    /// The version of the control group interface.
    enum Version: Hashable, Sendable { case one, two }

    /// One controller's hierarchy.
    struct Controller: Hashable, Sendable {
        /// The folder that its root group is.
        let folder: String
        let version: Version
    }

    /// Where CPU time is counted.
    let cpuUsage: Controller
    /// Where CPU time is limited; nil where nothing does.
    let cpuLimit: Controller?
    /// Where memory is counted and limited; nil where nothing does.
    let memory: Controller?

    /// Looks at what is mounted below `root`: the one hierarchy of version 2, version 1's with a folder for each
    /// controller or for several ("cpu,cpuacct"), or both, with version 2 in `unified`. There a controller belongs to
    /// version 1 where its folder exists, for the kernel binds it to one version only. Throws when CPU time is counted
    /// nowhere.
    init(root: String) throws(ContainerError) {
        if let controllers = Self.controllers(of: root) {
            let unified = Controller(folder: root, version: .two)
            cpuUsage = unified
            cpuLimit = controllers.contains("cpu") ? unified : nil
            memory = controllers.contains("memory") ? unified : nil
            return
        }
        var folders: [String: String] = [:]
        FolderNames.visit(root) { name, isFolder in
            guard isFolder else { return }
            for controller in name.split(separator: ",") { folders[String(controller)] = "\(root)/\(name)" }
        }
        let unified = Controller(folder: "\(root)/unified", version: .two)
        let unifiedControllers = Self.controllers(of: unified.folder)
        func place(_ controller: String) -> Controller? {
            if let folder = folders[controller] { return Controller(folder: folder, version: .one) }
            return unifiedControllers?.contains(controller) == true ? unified : nil
        }
        // Version 2 counts CPU time in every group, whether or not the controller is on.
        guard let usage = place("cpuacct") ?? (unifiedControllers == nil ? nil : unified) else {
            throw ContainerError(
                "no control groups count CPU time below \(root): neither a cgroup2 mount nor a cpuacct folder is there;"
                    + " name the folder that they are mounted on")
        }
        cpuUsage = usage
        cpuLimit = place("cpu")
        memory = place("memory")
    }

    /// The controllers of the cgroup2 mount at `folder`; nil when there is none.
    private static func controllers(of folder: String) -> Set<String>? {
        let buffer = ReadBuffer(byteCount: 4_096)
        let path = "\(folder)/cgroup.controllers"
        guard access(path, F_OK) == 0 else { return nil }
        guard let text = KernelFile(path)?.text(in: buffer) else { return [] }
        return Set(String(decoding: text, as: UTF8.self).split(whereSeparator: \.isWhitespace).map { String($0) })
    }
}
