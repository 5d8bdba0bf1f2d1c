#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Writes the plain text files of a virtual tree. Like the tree, of one thread only.
final class TreeFiles {
    let root: String
    /// Folders that are there for certain: a tree has thousands of files in hundreds of folders.
    private var made: Set<String> = []

    init(root: String) { self.root = root }

    /// Writes `text` and a line end to the file `path` under the root, its folders made as needed.
    func write(_ text: String, to path: String) throws(VirtualTreeError) {
        try makeFolder(ofFile: path)
        let full = "\(root)/\(path)"
        guard let file = fopen(full, "w") else { throw VirtualTreeError(action: "create", path: full, number: errno) }
        let isWritten = fputs(text + "\n", file) >= 0
        let isClosed = fclose(file) == 0
        guard isWritten, isClosed else { throw VirtualTreeError(action: "write", path: full, number: errno) }
    }

    /// Writes a set of files, by path below `folder`.
    func write(_ texts: [String: String], below folder: String) throws(VirtualTreeError) {
        for (path, text) in texts.sorted(by: { $0.key < $1.key }) { try write(text, to: "\(folder)/\(path)") }
    }

    /// Makes the folder `path` under the root, and the folders above it.
    func makeFolder(_ path: String) throws(VirtualTreeError) {
        guard !made.contains(path) else { return }
        var folder = ""
        for part in "\(root)/\(path)".split(separator: "/", omittingEmptySubsequences: false) {
            folder += part + "/"
            guard !made.contains(folder) else { continue }
            guard mkdir(folder, 0o755) == 0 || errno == EEXIST || folder == "/" else {
                throw VirtualTreeError(action: "make the folder", path: folder, number: errno)
            }
            made.insert(folder)
        }
        made.insert(path)
    }

    /// Makes the folders above the file `path` under the root.
    func makeFolder(ofFile path: String) throws(VirtualTreeError) {
        if let slash = path.lastIndex(of: "/") { try makeFolder(String(path[..<slash])) }
    }

    /// Replaces the file `path` under the root in one step, so that a reader finds the old text or the new one.
    func replace(_ path: String, with text: String) throws(VirtualTreeError) {
        try write(text, to: path + ".new")
        try rename(path + ".new", to: path)
    }

    /// Gives the file `old` under the root another name; throws when there is no such file.
    func rename(_ old: String, to new: String) throws(VirtualTreeError) {
        guard Self.move("\(root)/\(old)", "\(root)/\(new)") == 0 else {
            throw VirtualTreeError(action: "rename", path: "\(root)/\(old)", number: errno)
        }
    }

    /// Makes `path` under the root a symbolic link to `target`; one that is there already is replaced.
    func link(_ path: String, to target: String) throws(VirtualTreeError) {
        try makeFolder(ofFile: path)
        remove(path)
        guard symlink(target, "\(root)/\(path)") == 0 else {
            throw VirtualTreeError(action: "link", path: "\(root)/\(path)", number: errno)
        }
    }

    /// Removes the file `path` under the root, if there is one.
    func remove(_ path: String) { unlink("\(root)/\(path)") }

    /// rename(2), under another name because a method here has its own.
    private static func move(_ old: String, _ new: String) -> Int32 {
        #if canImport(Glibc)
            Glibc.rename(old, new)
        #else
            Musl.rename(old, new)
        #endif
    }
}
