/// How a socket listens or connects, and who it trusts.
public enum SocketRole: Sendable {
    /// A ROUTER that listens and proves itself with `keys`; clients are judged by the authenticator under `domain`.
    case curveRouter(bind: String, keys: CurveKeyPair, domain: String)
    /// A DEALER that connects to a server known by `serverKey`, and proves itself with `keys`.
    case curveDealer(connect: String, keys: CurveKeyPair, serverKey: CurvePublicKey)
    /// A ROUTER on a local `ipc://` path, guarded by the permissions of the file; the kernel says who each peer is.
    case localRouter(bind: String)
    /// A DEALER to a local `ipc://` path.
    case localDealer(connect: String)

    /// Whether the socket serves many peers, so that each message says which.
    var isRouter: Bool {
        switch self {
        case .curveRouter, .localRouter: true
        case .curveDealer, .localDealer: false
        }
    }

    /// Whether the other end is on this machine, and the kernel says who it is.
    var isLocal: Bool {
        switch self {
        case .localRouter, .localDealer: true
        case .curveRouter, .curveDealer: false
        }
    }

    /// The address that the socket listens on or connects to.
    public var endpoint: String {
        switch self {
        case .curveRouter(let endpoint, _, _), .curveDealer(let endpoint, _, _), .localRouter(let endpoint),
            .localDealer(let endpoint):
            endpoint
        }
    }
}
