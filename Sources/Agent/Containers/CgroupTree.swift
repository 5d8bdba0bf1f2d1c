/// The groups of a node's pods and containers within one hierarchy.
struct CgroupTree: Sendable {
    /// The folder of the hierarchy's root group.
    let root: String
    /// Groups in which `kubepods` is looked for; "" is the root.
    let parents: [String]

    /// A container's group.
    struct Found: Hashable, Sendable {
        let identity: ContainerIdentity
        /// The group's path below the hierarchy's root, without a slash in front; the same in every hierarchy.
        let path: String
    }

    /// Every container's group there is now, in no particular order. A tree that cannot be read is empty.
    func containers() -> [Found] {
        var found: [Found] = []
        for parent in parents {
            let prefix = parent.isEmpty ? "" : parent + "/"
            FolderNames.visit("\(root)/\(parent)") { name, isFolder in
                guard isFolder, name == "kubepods" || name.hasSuffix("kubepods.slice") else { return }
                descend(into: prefix + name, levels: 3, found: &found)
            }
        }
        return found
    }

    /// Below `kubepods` a container's group stands three levels deep, or two in a guaranteed pod. Groups that a
    /// container makes within its own are not looked at.
    private func descend(into path: String, levels: Int, found: inout [Found]) {
        var folders: [String] = []
        FolderNames.visit("\(root)/\(path)") { name, isFolder in
            if isFolder { folders.append("\(path)/\(name)") }
        }
        for folder in folders {
            if let identity = ContainerIdentity(cgroupPath: folder) {
                found.append(Found(identity: identity, path: folder))
            } else if levels > 1 {
                descend(into: folder, levels: levels - 1, found: &found)
            }
        }
    }
}
