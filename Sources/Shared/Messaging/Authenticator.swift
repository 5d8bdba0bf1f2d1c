/// Decides over connections as the ZAP handler of one socket set (ZeroMQ RFC 27), and over each message that an
/// accepted connection sends: revoking a key does not cut a live connection, so every message is checked again.
public struct Authenticator: Sendable {
    /// What became of a ZAP request.
    public enum Verdict: Hashable, Sendable {
        /// The key is allowed under this name.
        case accepted(name: String)
        /// The key, domain or mechanism is not allowed.
        case refused
    }

    /// Connections refused so far.
    public private(set) var refusedConnections: UInt64 = 0
    /// Messages refused so far because their sender's key is no longer allowed.
    public private(set) var refusedMessages: UInt64 = 0
    private var lists: [String: AllowList]
    /// The failure last told of each domain, so that a lasting one is told once.
    private var failures: [String: String] = [:]

    /// An authenticator with one allow-list per ZAP domain.
    public init(domains: [String: AllowList]) {
        lists = domains
    }

    /// Reads changed allow-lists again; returns a line for each change and each new failure, for the log.
    public mutating func refresh() -> [String] {
        var lines: [String] = []
        for domain in lists.keys.sorted() {
            guard var list = lists[domain] else { continue }
            do throws(MessagingError) {
                let hasChanged = try list.refresh()
                failures[domain] = nil
                if hasChanged {
                    lines.append("allow-list of \(domain) now has \(list.count) keys")
                    lines += list.rejectedFiles
                }
            } catch {
                if failures[domain] != error.description { lines.append(error.description) }
                failures[domain] = error.description
            }
            lists[domain] = list
        }
        return lines
    }

    /// Decides over a new connection to `domain` that proved itself with `mechanism` and `key`.
    mutating func judge(domain: String, mechanism: String, key: CurvePublicKey?) -> Verdict {
        guard mechanism == "CURVE", let key, let name = lists[domain]?.name(of: key) else {
            refusedConnections += 1
            return .refused
        }
        return .accepted(name: name)
    }

    /// Whether a message on `domain` from `sender` is still allowed; counts it when it is not.
    public mutating func admits(_ sender: AuthenticatedSender, domain: String) -> Bool {
        guard let list = lists[domain], list.allows(name: sender.name, key: sender.keyText) else {
            refusedMessages += 1
            return false
        }
        return true
    }
}

/// Who a message came from, as its connection proved it.
public struct AuthenticatedSender: Hashable, Sendable {
    /// The name of the sender's key file: ZAP's User-Id.
    public let name: String
    /// The Z85 text of the key that the connection was made with.
    public let keyText: String
}
