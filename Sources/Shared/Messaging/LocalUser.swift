import Threads

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// What the machine's user database says of somebody.
public struct LocalUser: Hashable, Sendable {
    /// The name.
    public let name: String
    /// All groups, by number.
    public let groups: Set<UInt32>

    /// The most that an entry of the database may take, in bytes.
    private static let longestEntry = 1 << 20
    /// The most groups that are heeded; the kernel itself lets nobody have more (NGROUPS_MAX).
    private static let mostGroups: Int32 = 65_536

    /// A user as described.
    public init(name: String, groups: Set<UInt32>) {
        self.name = name
        self.groups = groups
    }

    /// The user with this number; nil where the database has none, or cannot be asked. It is asked on a thread of its own,
    /// because it may be another machine's (getpwuid_r(3), getgrouplist(3)).
    public static func find(_ userID: UInt32) async -> LocalUser? {
        let found = try? await runOnThread(named: "users") { look(up: userID) }
        return found ?? nil
    }

    /// The number of the user called `name`, which may be a number itself; nil where there is none.
    public static func userID(of name: String) -> UInt32? {
        UInt32(name) ?? entry { getpwnam_r(name, $0, $1, $2, $3) } make: { (entry: passwd) in entry.pw_uid }
    }

    /// The number of the group called `name`, which may be a number itself; nil where there is none.
    public static func groupID(of name: String) -> UInt32? {
        UInt32(name) ?? entry { getgrnam_r(name, $0, $1, $2, $3) } make: { (entry: group) in entry.gr_gid }
    }

    private static func look(up userID: UInt32) -> LocalUser? {
        let found: (name: String, group: UInt32)? =
            entry { getpwuid_r(userID, $0, $1, $2, $3) } make: { (entry: passwd) in
                entry.pw_name.map { (String(cString: $0), entry.pw_gid) }
            } ?? nil
        guard let found else { return nil }
        var groups = [gid_t](repeating: 0, count: 64)
        var count = Int32(groups.count)
        while getgrouplist(found.name, found.group, &groups, &count) < 0 {
            guard groups.count < Self.mostGroups else { break }
            groups = [gid_t](repeating: 0, count: max(Int(count), 2 * groups.count))
            count = Int32(groups.count)
        }
        return LocalUser(name: found.name, groups: Set(groups.prefix(Int(count))))
    }

    /// Asks for one entry with a buffer that grows as long as the answer is that it is too small.
    private static func entry<Entry, Value>(
        _ ask: (UnsafeMutablePointer<Entry>, UnsafeMutablePointer<CChar>, Int, UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>)
            -> Int32, make: (Entry) -> Value
    ) -> Value? {
        let entry = UnsafeMutablePointer<Entry>.allocate(capacity: 1)
        defer { entry.deallocate() }
        var size = 16 << 10
        while size <= longestEntry {
            let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: size)
            defer { buffer.deallocate() }
            var found: UnsafeMutablePointer<Entry>?
            let status = ask(entry, buffer, size, &found)
            // The value is made here, because the entry's texts lie in the buffer.
            if status == 0 { return found.map { make($0.pointee) } }
            guard status == ERANGE else { return nil }
            size *= 4
        }
        return nil
    }
}
