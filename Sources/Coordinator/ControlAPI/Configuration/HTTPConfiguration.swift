import Settings
public import Topology

/// The section `http`: where health, metrics and the API are served.
public struct HTTPConfiguration: Hashable, Sendable {
    /// A certificate with its key, for connections by TLS.
    public struct TLS: Hashable, Sendable {
        /// The file with the certificate and those that lead to its authority, in PEM.
        public var certificatePath: String
        /// The file with the certificate's private key, in PEM.
        public var keyPath: String
    }

    /// How fine the nodes' metrics are shown.
    public enum Scope: String, Hashable, Sendable, CaseIterable {
        /// Of each node as a whole.
        case system
        /// Of its sockets, too.
        case socket
        /// Of each of its CPUs, too.
        case cpu

        /// Whether metrics of `scope` are shown.
        public func shows(_ scope: Topology.Scope) -> Bool {
            switch scope {
            case .system: true
            case .socket: self != .system
            case .core: self == .cpu
            }
        }
    }

    /// How much is taken on at once.
    public struct Limits: Hashable, Sendable {
        /// Bytes of a request's body.
        public var bodyBytes = 1 << 20
        /// Bytes of a request's fields, and of each of them.
        public var headBytes = 16 << 10
        /// Connections; further ones wait in the kernel's queue.
        public var connections = 256
        /// Requests per second in the long run, counted apart for those without a token, readers and admins.
        public var requestsPerSecond = 200
        /// Requests that may come at once before that.
        public var burst = 400
        /// Streams of events that may be open.
        public var eventStreams = 32
        /// A connection on which nothing happens for so long is closed.
        public var idleNanoseconds: UInt64 = 30_000_000_000
        /// A request whose body has not come by then loses its connection.
        public var bodyNanoseconds: UInt64 = 10_000_000_000

        /// The standard limits.
        public init() {}
    }

    /// Where it listens unless told otherwise: loopback alone.
    public static let defaultBind = "127.0.0.1:9590"

    /// Where it listens.
    public var address: HTTPAddress
    /// Names under which it may be asked beside its address; needed behind a proxy that passes on its own.
    public var hosts: [String]
    /// The file with the token of those who may read; without it reading is open to whoever reaches the address.
    public var readerTokenPath: String?
    /// The file with the token of those who may change something; without it nobody may.
    public var adminTokenPath: String?
    /// The certificate; nil serves without TLS.
    public var tls: TLS?
    /// How fine the nodes' metrics are shown.
    public var metricsScope: Scope
    /// How much is taken on at once.
    public var limits: Limits

    init(_ section: SettingsSection) throws(SettingsError) {
        let bind = try section.string("bind", default: Self.defaultBind)
        guard let address = HTTPAddress(bind) else {
            throw SettingsError(
                "\(section.name(of: "bind")) is \"\(bind)\": allowed is an address with a port from 0 to 65535, such as "
                    + "\(Self.defaultBind) or [::1]:9590")
        }
        self.address = address
        hosts = try section.optionalStrings("hosts")
        readerTokenPath = try section.optionalString("readerToken")
        adminTokenPath = try section.optionalString("adminToken")
        tls = try section.section("tls").map { section throws(SettingsError) in
            TLS(certificatePath: try section.string("certificate"), keyPath: try section.string("key"))
        }
        let scope = try section.choice("metrics", of: Scope.allCases.map(\.rawValue), default: Scope.system.rawValue)
        metricsScope = Scope(rawValue: scope) ?? .system
        limits = try Limits(try section.sectionOrStandard("limits"))
        guard address.isLoopback || (tls != nil && readerTokenPath != nil) else {
            throw SettingsError(
                "\(section.name(of: "bind")) is \(bind), which other machines reach: allowed is an address of loopback, or "
                    + "any with both \(section.name(of: "tls")) and \(section.name(of: "readerToken"))")
        }
    }
}

extension HTTPConfiguration.Limits {
    fileprivate init(_ section: SettingsSection) throws(SettingsError) {
        self.init()
        bodyBytes = try section.bytes("body", in: 1 << 10...16 << 20, default: bodyBytes)
        headBytes = try section.bytes("head", in: 1 << 10...80 << 10, default: headBytes)
        connections = try section.integer("connections", in: 1...10_000, default: connections)
        requestsPerSecond = try section.integer("requestsPerSecond", in: 1...100_000, default: requestsPerSecond)
        burst = try section.integer("burst", in: 1...100_000, default: burst)
        eventStreams = try section.integer("eventStreams", in: 1...1_000, default: eventStreams)
        idleNanoseconds = try section.nanoseconds("idle", in: 1_000_000_000...3_600_000_000_000, default: idleNanoseconds)
        bodyNanoseconds = try section.nanoseconds(
            "bodyWithin", in: 100_000_000...600_000_000_000, default: bodyNanoseconds)
    }
}
