#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A file of the virtual tree that could not be made.
public struct VirtualTreeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What failed, where and why, in one sentence.
    public let description: String

    init(action: String, path: String, number: Int32) {
        description =
            "cannot \(action) \(path) for the virtual hardware: \(String(cString: strerror(number))) (errno \(number))"
    }
}
