public import Messaging

/// Who asked on the query socket, as the connection proved it.
public enum QueryAsker: Hashable, Sendable {
    /// Somebody on this machine; nil where the kernel did not tell who.
    case local(LocalPeer?)
    /// Whoever has the key of this name; whether the key is an operator's or a reader's, and the address, if known.
    case remote(name: String, isOperator: Bool, address: String?)
}
