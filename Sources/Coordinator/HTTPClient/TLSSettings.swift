/// Whom a TLS connection trusts and what it shows of itself.
public struct TLSSettings: Hashable, Sendable {
    /// Something in PEM, in a file or at hand. Its description shows no content.
    public enum PEM: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
        /// The file at this path, read anew for each connection.
        case file(String)
        /// The bytes themselves.
        case data([UInt8])

        /// The path, or how many bytes there are.
        public var description: String {
            switch self {
            case .file(let path): path
            case .data(let bytes): "\(bytes.count) bytes"
            }
        }

        /// The same as `description`.
        public var debugDescription: String { description }

        /// Nothing: `dump` would print a private key otherwise.
        public var customMirror: Mirror { Mirror(self, children: []) }
    }

    /// Whose certificates are believed.
    public enum Trust: Hashable, Sendable {
        /// Those of the machine's own list of authorities.
        case system
        /// Those of these authorities and no others.
        case authorities(PEM)
        /// Anybody's: the peer is not checked at all.
        case anybody
    }

    /// A certificate with its private key.
    public struct Identity: Hashable, Sendable {
        /// The certificate, with its chain if it has one.
        public let certificate: PEM
        /// The private key, without a pass phrase.
        public let key: PEM

        /// The identity of `certificate` with its `key`.
        public init(certificate: PEM, key: PEM) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// Whose certificates are believed.
    public var trust: Trust
    /// What is shown to a peer that asks for a certificate; nil for nothing.
    public var identity: Identity?
    /// The name that the peer's certificate must carry, where it is not the URL's.
    public var serverName: String?

    /// Settings as described; by default the machine's authorities are believed and nothing is shown.
    public init(trust: Trust = .system, identity: Identity? = nil, serverName: String? = nil) {
        self.trust = trust
        self.identity = identity
        self.serverName = serverName
    }
}
