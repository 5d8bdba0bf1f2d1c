/// One message as a handler sees it; its payload is valid only while the handler runs.
public struct ReceivedMessage: ~Copyable {
    /// The connection that a reply goes to; nil on a DEALER, which has only one.
    public let peer: PeerIdentity?
    /// Who sent it, where the connection proved that; nil on local sockets.
    public let sender: AuthenticatedSender?
    /// The message's one frame.
    public let payload: UnsafeRawBufferPointer
    /// Where the connection's properties are read.
    let frames: FrameReader
    /// Whether it came over `ipc://`.
    let isLocal: Bool

    /// Who is at the other end of a connection over `ipc://`; nil where the kernel did not tell, and on other sockets.
    public var localPeer: LocalPeer? { (isLocal ? peerAddress : nil).flatMap { LocalPeer(peerAddress: $0) } }

    /// The address of the connection's other end, as libzmq noted it.
    public var peerAddress: String? { frames.property("Peer-Address") }
}
