import KernelFiles
import Topology

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A lease as it stands on record: enough to give everything back without knowing anything else.
struct RecordedLease: Hashable, Sendable {
    let id: LeaseID
    let containerID: String
    let changes: [LimitChange]
}

/// The file that keeps what every changed limit was before. Lines of words with tabs between them:
///
///     lease <id> <container id>
///     limit <granted> <previous> <path>        once for each change, in the order of writing
///
/// Line ends within the values are written as \n.
struct LeaseRecord: Sendable {
    private let path: String
    /// Only files below this folder are ever written: whoever can write the record must not be able to have the agent
    /// write elsewhere.
    private let cgroupRoot: String

    init(path: String, cgroupRoot: String) {
        self.path = path
        self.cgroupRoot = cgroupRoot
    }

    /// The leases on record, and how many lines could not be understood; none when there is no file.
    func load() -> (leases: [RecordedLease], unreadableLines: Int) {
        var leases: [RecordedLease] = []
        var unreadable = 0
        for line in (FileText.contents(path) ?? "").split(separator: "\n") {
            let words = line.split(separator: "\t", omittingEmptySubsequences: false).map { String($0) }
            if words.count == 3, words[0] == "lease", let id = LeaseID(words[1]) {
                leases.append(RecordedLease(id: id, containerID: words[2], changes: []))
            } else if words.count == 4, words[0] == "limit", let last = leases.last, mayWrite(words[3]) {
                let change = LimitChange(
                    path: words[3], previous: Self.unescaped(words[2]), granted: Self.unescaped(words[1]))
                leases[leases.count - 1] = RecordedLease(
                    id: last.id, containerID: last.containerID, changes: last.changes + [change])
            } else {
                unreadable += 1
            }
        }
        return (leases, unreadable)
    }

    /// Replaces the file in one step, so that a reader finds the old leases or the new ones; throws naming the path.
    /// What a kill leaves in the page cache is enough: a power cut ends the control groups as well.
    func store(_ leases: [RecordedLease]) throws(ContainerError) {
        var text = ""
        for lease in leases {
            text += "lease\t\(lease.id)\t\(lease.containerID)\n"
            for change in lease.changes {
                text += "limit\t\(Self.escaped(change.granted))\t\(Self.escaped(change.previous))\t\(change.path)\n"
            }
        }
        let temporary = path + ".new"
        // Nobody else needs to read what an agent may be made to write.
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(temporary) }
        let isWritten = FileText.writeAll(text, to: descriptor)
        guard close(descriptor) == 0, isWritten, rename(temporary, path) == 0 else { throw failure(path) }
    }

    /// Whether `file` is a limit's file below the control group root.
    private func mayWrite(_ file: String) -> Bool {
        file.hasPrefix(cgroupRoot + "/") && !file.split(separator: "/").contains("..")
            && limitFileNames.contains(String(file.split(separator: "/").last ?? ""))
    }

    private func failure(_ path: String) -> ContainerError {
        ContainerError(
            "cannot write the record of leases \(path): \(String(cString: strerror(errno))); name a file in a writable"
                + " folder")
    }

    private static func escaped(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\\n")
    }

    private static func unescaped(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            if character == "\\", rest.first == "n" {
                rest = rest.dropFirst()
                result.append("\n")
            } else {
                result.append(character)
            }
        }
        return result
    }
}
