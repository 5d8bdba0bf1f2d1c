/// What `reeve orders` shows: who ordered what, oldest first.
public struct OrdersAnswer: Codable, Sendable {
    /// An order with its place in the journal.
    public struct Entry: Codable, Sendable {
        /// The journal's sequence: what the next page begins after.
        public var sequence: Int64
        /// When it was written, in seconds since 1970.
        public var writtenAtUnixSeconds: Double
        /// The order.
        public var record: OrderRecord
    }

    /// The orders.
    public var orders: [Entry]
}
