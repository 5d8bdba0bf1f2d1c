/// An order that somebody gave to the coordinator, as the journal keeps it.
public struct OrderRecord: Hashable, Sendable, Codable {
    /// What was ordered: a verb of the query socket.
    public var verb: String
    /// Its arguments; what is long is told by its length.
    public var arguments: [String: String]
    /// Who ordered it: the name of a user of this machine, of a key, or of a token's role.
    public var asker: String
    /// The way it came: "ipc", "tcp" or "http".
    public var way: String
    /// The address it came from, or the process, if that is known.
    public var address: String?
    /// Why it was not carried out; nil where it was.
    public var failure: String?

    /// A record as described.
    public init(
        verb: String, arguments: [String: String], asker: String, way: String, address: String?, failure: String?
    ) {
        self.verb = verb
        self.arguments = arguments
        self.asker = asker
        self.way = way
        self.address = address
        self.failure = failure
    }
}
