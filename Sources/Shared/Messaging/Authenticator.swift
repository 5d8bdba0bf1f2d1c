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
    private var lists: [String: [AllowList]]
    /// The failure last told of each folder, so that a lasting one is told once.
    private var failures: [String: String] = [:]

    /// An authenticator with one allow-list per ZAP domain.
    public init(domains: [String: AllowList]) { self.init(lists: domains.mapValues { [$0] }) }

    /// An authenticator with several allow-lists per ZAP domain, which tell apart what those in them may do. A key that is
    /// in more than one of them counts as being in the first.
    public init(lists: [String: [AllowList]]) { self.lists = lists }

    /// Reads changed allow-lists again; returns a line for each change and each new failure, for the log.
    public mutating func refresh() -> [String] {
        var lines: [String] = []
        for domain in lists.keys.sorted() {
            var all = lists[domain] ?? []
            for index in all.indices {
                do throws(MessagingError) {
                    let hasChanged = try all[index].refresh()
                    failures[all[index].folder] = nil
                    if hasChanged {
                        lines.append("allow-list \(all[index].folder) of \(domain) now has \(all[index].count) keys")
                        lines += all[index].rejectedFiles
                    }
                } catch {
                    if failures[all[index].folder] != error.description { lines.append(error.description) }
                    failures[all[index].folder] = error.description
                }
            }
            lists[domain] = all
        }
        return lines
    }

    /// Decides over a new connection to `domain` that proved itself with `mechanism` and `key`.
    mutating func judge(domain: String, mechanism: String, key: CurvePublicKey?) -> Verdict {
        let lists = lists[domain] ?? []
        guard mechanism == "CURVE", let key, let name = lists.lazy.compactMap({ $0.name(of: key) }).first else {
            refusedConnections += 1
            return .refused
        }
        return .accepted(name: name)
    }

    /// Whether a message on `domain` from `sender` is still allowed; counts it when it is not.
    public mutating func admits(_ sender: AuthenticatedSender, domain: String) -> Bool {
        listAdmitting(sender, domain: domain) != nil
    }

    /// The place of the domain's last allow-list; 0 where there is no more than one.
    public func lastList(of domain: String) -> Int { max((lists[domain]?.count ?? 0) - 1, 0) }

    /// Which of the domain's allow-lists, counted from 0, still allows a message from `sender`; nil when none does, which
    /// is counted.
    mutating func listAdmitting(_ sender: AuthenticatedSender, domain: String) -> Int? {
        let found = lists[domain]?.firstIndex { $0.allows(name: sender.name, key: sender.keyText) }
        if found == nil { refusedMessages += 1 }
        return found
    }
}

/// Who a message came from, as its connection proved it.
public struct AuthenticatedSender: Hashable, Sendable {
    /// The name of the sender's key file: ZAP's User-Id.
    public let name: String
    /// The Z85 text of the key that the connection was made with.
    public let keyText: String
    /// Which of the domain's allow-lists, counted from 0, has the key now.
    public internal(set) var list = 0
}
