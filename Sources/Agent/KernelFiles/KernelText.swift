/// Reads small text files and folders of sysfs and procfs.
public enum KernelText {
    /// The file's text without white space at its end, bytes that are no UTF-8 replaced; nil when it cannot be read.
    public static func contents(_ path: String) -> String? {
        guard var bytes = FileText.bytes(path) else { return nil }
        while let last = bytes.last, last <= UInt8(ascii: " ") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The names in the folder `path` that are not hidden, sorted; empty when it cannot be read.
    public static func names(in path: String) -> [String] {
        var names: [String] = []
        FolderNames.visit(path) { name, _ in names.append(name) }
        return names.sorted()
    }
}
