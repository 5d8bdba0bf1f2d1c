public import Harvesting
public import Topology

/// What has happened on one node in one turn of the harvest, as the journal keeps it.
public struct HarvestRecord: Hashable, Sendable, Codable {
    /// One thing that has happened.
    public struct Item: Hashable, Sendable, Codable {
        /// "limits", "lent", "returned", "left alone" or "safeguarded".
        public var what: String
        /// How long before the record was written, in seconds.
        public var agoSeconds: Double
        /// The container's id and its function, where it is about one.
        public var containerID, function: String?
        /// The limits before and afterwards, in millicores and mebibytes; of what is safeguarded, its use and its limits.
        public var before, after: HarvestAnswer.Amount?
        /// "cpu" or "memory", and how much in millicores or mebibytes, of a loan.
        public var resource: String?
        /// How much of it.
        public var amount: Int?
        /// The functions that lent and borrowed.
        public var lender, borrower: String?
        /// How long it was lent, in seconds.
        public var lentSeconds: Double?
        /// Why.
        public var reason: String?
    }

    /// The node.
    public var node: String
    /// What has happened, oldest first.
    public var items: [Item]
    /// What else has happened and is not told, because it was too much at once.
    public var omitted: Int

    /// What `news` tells of `node`, seen from `now` in seconds on their time line.
    public init(node: NodeName, _ news: [HarvestNews], omitted: Int, at now: Double) {
        self.node = node.rawValue
        self.omitted = omitted
        items = news.map { Item($0, at: now) }
    }
}

extension HarvestRecord.Item {
    private init(_ what: String, at: Double, now: Double) {
        self.what = what
        agoSeconds = max(now - at, 0)
    }

    init(_ news: HarvestNews, at now: Double) {
        switch news {
        case .limits(let event):
            self.init("limits", at: event.at, now: now)
            containerID = event.containerID
            function = event.function.rawValue
            before = HarvestAnswer.Amount(event.before)
            after = HarvestAnswer.Amount(event.after)
            reason = event.reason
        case .lent(let at, let resource, let amount, let lender, let borrower):
            self.init("lent", at: at, now: now)
            self.resource = resource.rawValue
            self.amount = amount
            self.lender = lender.rawValue
            self.borrower = borrower.rawValue
        case .returned(let one):
            self.init("returned", at: one.at, now: now)
            resource = one.resource.rawValue
            amount = one.amount
            lender = one.lender.rawValue
            borrower = one.borrower.rawValue
            lentSeconds = one.lentSeconds
            reason = one.reason.rawValue
        case .leftAlone(let at, let containerID, let function, let reason):
            self.init("left alone", at: at, now: now)
            self.containerID = containerID
            self.function = function.rawValue
            self.reason = reason
        case .safeguarded(let at, let containerID, let function, let peak, let limits):
            self.init("safeguarded", at: at, now: now)
            self.containerID = containerID
            self.function = function.rawValue
            before = HarvestAnswer.Amount(peak)
            after = HarvestAnswer.Amount(limits)
        }
    }
}

/// What `reeve harvest --history` shows: records of the journal, oldest first.
public struct HarvestHistoryAnswer: Codable, Sendable {
    /// A record with its place in the journal.
    public struct Entry: Codable, Sendable {
        /// The journal's sequence: what the next page begins after.
        public var sequence: Int64
        /// When it was written, in seconds since 1970.
        public var writtenAtUnixSeconds: Double
        /// What was written.
        public var record: HarvestRecord
    }

    /// The records.
    public var entries: [Entry]
}
