/// One message as a handler sees it; its payload is valid only while the handler runs.
public struct ReceivedMessage: ~Copyable {
    /// The connection that a reply goes to; nil on a DEALER, which has only one.
    public let peer: PeerIdentity?
    /// Who sent it, where the connection proved that; nil on local sockets.
    public let sender: AuthenticatedSender?
    /// The message's one frame.
    public let payload: UnsafeRawBufferPointer
}
