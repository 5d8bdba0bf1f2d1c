/// Who asks, by the token that came along.
enum Role: String, Sendable, CaseIterable {
    /// Without a token.
    case anonymous
    /// With the readers' token.
    case reader
    /// With the admins' token.
    case admin
}

/// What a request needs of who asks.
enum Access: String, Sendable {
    /// Nothing: whether the coordinator lives and is ready tells nobody anything.
    case open
    /// To see what the coordinator knows.
    case read
    /// To change something.
    case change
}

/// Says who asks and whether they may.
struct Gatekeeper: Sendable {
    private let reader: TokenFile?
    private let admin: TokenFile?

    /// Whether reading needs a token.
    var guardsReading: Bool { reader != nil }

    /// A gatekeeper over the tokens there are; without one for readers reading is open, without one for admins nothing
    /// can be changed.
    init(reader: TokenFile?, admin: TokenFile?) {
        self.reader = reader
        self.admin = admin
    }

    /// Who presents `authorization`, the field of that name if there is one. Throws `Problem` for what is no known token.
    func role(of authorization: String?) throws(Problem) -> Role {
        guard let authorization else { return .anonymous }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw .unauthorized("the field Authorization is not understood: allowed is Bearer and a token")
        }
        let presented = Array(parts[1].utf8)
        // Both are compared, whatever the first one says. A file that cannot be read lets nobody in.
        let isAdmin = matches(presented, admin)
        let isReader = matches(presented, reader)
        guard isAdmin || isReader else { throw .unauthorized("the token is not known here, or not any more") }
        return isAdmin ? .admin : .reader
    }

    /// Throws `Problem` unless `role` may do what needs `access`.
    func admit(_ role: Role, to access: Access) throws(Problem) {
        switch access {
        case .open: return
        case .read:
            guard role == .anonymous, guardsReading else { return }
            throw .unauthorized("reading needs the token of readers or admins")
        case .change:
            guard admin != nil else {
                throw .forbidden("nothing can be changed over HTTP: the section http of the configuration has no adminToken")
            }
            switch role {
            case .admin: return
            case .reader: throw .forbidden("changes need the token of admins, and this is the readers'")
            case .anonymous: throw .unauthorized("changes need the token of admins")
            }
        }
    }

    private func matches(_ presented: [UInt8], _ file: TokenFile?) -> Bool {
        guard let file, let token = try? file.token() else { return false }
        return TokenComparison.isEqual(presented, token)
    }
}
