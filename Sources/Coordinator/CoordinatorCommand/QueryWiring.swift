import CommandShell
import ControlAPI
import Logging
import Measures
import Messaging
import Settings

/// Builds what answers the operator's command.
struct QueryWiring {
    let configuration: QueryConfiguration
    let logger: Logger
    let time: SystemTime

    /// Adds the query socket, behind which stands everything that is built by now. Throws `SettingsError`.
    func add(to built: inout CoordinatorWiring.Parts) throws(SettingsError) {
        var roles: [SocketRole] = [.localRouter(bind: "ipc://\(configuration.socketPath)")]
        var authenticator: Authenticator?
        if let remote = configuration.remote {
            let keys = try named("query.remote.secretKey") { try KeyFiles.readPair(secretAt: remote.secretKeyPath) }
            roles.append(.curveRouter(bind: remote.bind, keys: keys, domain: QueryService.domain))
            let operators = try list(remote.allowedOperatorsFolder, key: "query.remote.allowedOperators")
            let readers = try remote.allowedReadersFolder.map { folder throws(SettingsError) in
                try list(folder, key: "query.remote.allowedReaders")
            }
            authenticator = QueryService.authenticator(readers: readers, operators: operators)
        }
        let desk = QueryDesk(
            responder: CoordinatorResponder(parts: built.answers, version: CommandShell.version, time: time),
            rights: try rights(), orders: OrderBook(journal: built.answers.journal, logger: logger), logger: logger)
        built.services.append(
            QueryService(
                roles: roles, authenticator: authenticator, desk: desk, logger: logger, onTurn: built.beat("query")))
    }

    private func list(_ folder: String, key: String) throws(SettingsError) -> AllowList {
        try named(key) { try AllowList(folder: folder) }
    }

    private func rights() throws(SettingsError) -> QueryRights {
        let users = try numbers(configuration.adminUsers, key: "query.adminUsers", "user", LocalUser.userID)
        guard let names = configuration.adminGroups else { return QueryRights(users: users) }
        return QueryRights(
            users: users, groups: try numbers(names, key: "query.adminGroups", "group", LocalUser.groupID))
    }

    private func numbers(
        _ names: [String], key: String, _ what: String, _ number: (String) -> UInt32?
    ) throws(SettingsError) -> Set<UInt32> {
        var numbers: Set<UInt32> = []
        for name in names {
            guard let found = number(name) else {
                throw SettingsError("\(key) names \(name): allowed is each \(what) of this machine, by name or number")
            }
            numbers.insert(found)
        }
        return numbers
    }
}
