public import Messaging

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Who may give orders on the query socket; whoever else reaches it may ask.
///
/// On this machine these are root, the user that the coordinator runs as, and the users and groups that the configuration
/// names; without any it is the coordinator's own group. From elsewhere they are the keys of operators.
public struct QueryRights: Sendable {
    /// The user whom a user namespace shows for everybody it does not know: anybody could be behind it (user_namespaces(7)).
    static let unknownUser: UInt32 = 65_534

    /// What is known of somebody who asked.
    public struct Verdict: Hashable, Sendable {
        /// The user's or key's name.
        public var name: String
        /// Whether orders are taken.
        public var mayOrder: Bool
        /// The way: "ipc" or "tcp".
        public var way: String
        /// The address, or the process.
        public var address: String?
    }

    private let users: Set<UInt32>
    private let groups: Set<UInt32>
    private let find: @Sendable (_ userID: UInt32) async -> LocalUser?

    /// Rights of root, of `ownUser`, of these users and of the members of these groups; where they are not said, the
    /// user and the group that the process runs as. `find` asks the machine's user database.
    public init(
        ownUser: UInt32? = nil, users: Set<UInt32> = [], groups: Set<UInt32>? = nil,
        find: @escaping @Sendable (_ userID: UInt32) async -> LocalUser? = { await LocalUser.find($0) }
    ) {
        self.users = users.union([0, ownUser ?? geteuid()])
        self.groups = groups ?? [getegid()]
        self.find = find
    }

    /// Who `asker` is and what he may do, as things are now.
    public func judge(_ asker: QueryAsker) async -> Verdict {
        switch asker {
        case .remote(let name, let isOperator, let address):
            return Verdict(name: name, mayOrder: isOperator, way: "tcp", address: address)
        case .local(nil): return Verdict(name: "unknown", mayOrder: false, way: "ipc", address: nil)
        case .local(let peer?):
            let address = "process \(peer.processID)"
            guard peer.userID != Self.unknownUser else {
                return Verdict(name: "user \(peer.userID)", mayOrder: false, way: "ipc", address: address)
            }
            let user = await find(peer.userID)
            let theirs = (user?.groups ?? []).union([peer.groupID])
            return Verdict(
                name: user?.name ?? "user \(peer.userID)",
                mayOrder: users.contains(peer.userID) || !groups.isDisjoint(with: theirs), way: "ipc", address: address)
        }
    }
}
