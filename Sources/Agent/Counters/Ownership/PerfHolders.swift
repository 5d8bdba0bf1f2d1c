import KernelFiles

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Processes that hold perf events open.
enum PerfHolders {
    /// A process.
    struct Holder: Hashable, Sendable {
        let identifier: Int
        let name: String
    }

    /// The first process other than this one with a file that the kernel calls `anon_inode:[perf_event]`; nil when there is
    /// none, or none that this process may look at.
    static func first(proc: String) -> Holder? {
        let own = Int(getpid())
        for entry in KernelText.names(in: proc) {
            guard let identifier = Int(entry), identifier != own else { continue }
            let folder = "\(proc)/\(entry)/fd"
            guard KernelText.names(in: folder).contains(where: { holdsPerfEvent("\(folder)/\($0)") }) else { continue }
            return Holder(identifier: identifier, name: KernelText.contents("\(proc)/\(entry)/comm") ?? "unknown")
        }
        return nil
    }

    private static func holdsPerfEvent(_ path: String) -> Bool {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            guard let base = buffer.baseAddress else { return false }
            let length = readlink(path, base, buffer.count)
            guard length > 0 else { return false }
            return buffer[..<length].elementsEqual("anon_inode:[perf_event]".utf8.map { CChar(bitPattern: $0) })
        }
    }
}
