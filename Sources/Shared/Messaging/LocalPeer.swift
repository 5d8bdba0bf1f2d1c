/// Who is at the other end of a local connection, as the kernel noted it when the connection was made (SO_PEERCRED,
/// unix(7)): nothing that the peer says of itself.
public struct LocalPeer: Hashable, Sendable {
    /// The user; in a user namespace that does not know him, the overflow user, 65534.
    public let userID: UInt32
    /// The group that the process acted for.
    public let groupID: UInt32
    /// The process.
    public let processID: Int32

    /// A peer as described.
    public init(userID: UInt32, groupID: UInt32, processID: Int32) {
        self.userID = userID
        self.groupID = groupID
        self.processID = processID
    }

    /// Reads the property "Peer-Address" of a connection over `ipc://`, "localhost:UID:GID:PID"; nil where the kernel told
    /// libzmq nothing. A property of that name which the peer sends along does not take its place: libzmq notes its
    /// own first, and the first stays.
    init?(peerAddress: String) {
        let parts = peerAddress.split(separator: ":", omittingEmptySubsequences: false).suffix(3)
        guard peerAddress.contains(":"), parts.count == 3, let user = parts.first.flatMap({ UInt32($0) }),
            let group = parts.dropFirst().first.flatMap({ UInt32($0) }), let process = parts.last.flatMap({ Int32($0) })
        else { return nil }
        self.init(userID: user, groupID: group, processID: process)
    }
}
