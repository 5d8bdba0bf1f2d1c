#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// What a process is called among others like it.
enum ProcessIdentity {
    /// `name`, or that of the host, with an ending that no other process has: two that share a name would both believe
    /// that they hold what is held under it.
    static func draw(_ name: String?) -> String {
        let ending = String(UInt64.random(in: 0...UInt64.max), radix: 16)
        return "\(name ?? hostName)_\(String(repeating: "0", count: 16 - ending.utf8.count))\(ending)"
    }

    private static var hostName: String {
        // HOST_NAME_MAX is 64 on Linux (gethostname(2)), and one byte ends the name.
        var bytes = [CChar](repeating: 0, count: 65)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return "coordinator" }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
