import KernelFiles

/// The groups of a node's pods and containers within one hierarchy, as far as they were found by the last search.
///
/// Most searches find nothing new, so a pod's folder is opened only when something in it may have changed: the kernel
/// counts a group's children in its folder's number of links, and what goes and comes between two searches is a
/// container that could not be read any more (`doubt`).
struct CgroupTree {
    /// A container's group.
    struct Found: Hashable, Sendable {
        let identity: ContainerIdentity
        /// The group's path below the hierarchy's root, without a slash in front; the same in every hierarchy.
        let path: String
    }

    private struct Level {
        let links: Int
        let found: [Found]
    }

    private let root: String
    private let parents: [String]
    private var levels: [String: Level] = [:]

    /// The groups below `root`, a hierarchy's folder; `kubepods` is looked for in the groups `parents`, "" for the
    /// root.
    init(root: String, parents: [String]) {
        self.root = root
        self.parents = parents
    }

    /// Has the folder that `path` lies in opened by the next search.
    mutating func doubt(_ path: String) {
        guard let slash = path.lastIndex(of: "/") else { return }
        levels[String(path[..<slash])] = nil
    }

    /// Every container's group there is now, in no particular order. A tree that cannot be read is empty.
    mutating func containers() -> [Found] {
        var found: [Found] = []
        var seen: [String: Level] = [:]
        for parent in parents {
            let prefix = parent.isEmpty ? "" : parent + "/"
            var roots: [String] = []
            FolderNames.visit("\(root)/\(parent)") { name, isFolder in
                if isFolder, name == "kubepods" || name.hasSuffix("kubepods.slice") { roots.append(prefix + name) }
            }
            for path in roots { descend(into: path, depth: 3, found: &found, seen: &seen) }
        }
        levels = seen
        return found
    }

    /// Below `kubepods` a container's group stands three folders deep, or two in a guaranteed pod. Groups that a
    /// container makes within its own are not looked at.
    private func descend(into path: String, depth: Int, found: inout [Found], seen: inout [String: Level]) {
        // File systems that do not count a folder's folders say 1.
        let links = FolderNames.links("\(root)/\(path)") ?? 1
        if let known = levels[path], known.links == links, links > 1 {
            found += known.found
            seen[path] = known
            return
        }
        var folders: [String] = []
        FolderNames.visit("\(root)/\(path)") { name, isFolder in
            if isFolder { folders.append("\(path)/\(name)") }
        }
        let containers = folders.compactMap { folder in
            ContainerIdentity(cgroupPath: folder).map { Found(identity: $0, path: folder) }
        }
        // Only a pod's folder has containers in it, and only that of a pod is remembered: a level above may have lost
        // one pod and won another.
        if !containers.isEmpty {
            found += containers
            seen[path] = Level(links: links, found: containers)
        } else if depth > 1 {
            for folder in folders { descend(into: folder, depth: depth - 1, found: &found, seen: &seen) }
        }
    }
}
