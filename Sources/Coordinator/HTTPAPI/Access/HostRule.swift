import ControlAPI

/// Which names the server may be asked by. A page from elsewhere that a browser on this machine shows could otherwise have
/// its own name lead here, and read what loopback alone may (DNS rebinding).
struct HostRule: Sendable {
    private let allowed: Set<String>

    /// Allows the names of `address` itself and `others`; on an address that other machines reach, where tokens guard
    /// reading, any name without `others`.
    init(address: HTTPAddress, others: [String]) {
        let own = address.isLoopback ? ["localhost", "127.0.0.1", "::1", address.host] : []
        allowed = own.isEmpty && others.isEmpty ? [] : Set((own + others + [address.host]).map { $0.lowercased() })
    }

    /// Throws `Problem` when `authority`, a name with or without a port, is none of them.
    func check(_ authority: String?) throws(Problem) {
        guard !allowed.isEmpty else { return }
        guard let authority, allowed.contains(Self.host(of: authority)) else {
            throw .misdirected(
                "this server does not answer for \(authority ?? "a request without a host"): allowed is "
                    + allowed.sorted().joined(separator: ", "))
        }
    }

    private static func host(of authority: String) -> String {
        let name =
            if authority.first == "[", let end = authority.firstIndex(of: "]") {
                authority[authority.index(after: authority.startIndex)..<end]
            } else {
                authority.prefix { $0 != ":" }
            }
        return name.lowercased()
    }
}
