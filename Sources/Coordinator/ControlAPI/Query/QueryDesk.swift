public import Logging
public import Wire

/// Has questions answered for whoever asks, and orders carried out for those who may give them; orders are noted with who
/// gave them.
public struct QueryDesk: Sendable {
    private let responder: any QueryResponder
    private let rights: QueryRights
    private let orders: OrderBook
    private let logger: Logger

    /// A desk before `responder` that takes orders as `rights` allow and notes them in `orders`.
    public init(responder: any QueryResponder, rights: QueryRights, orders: OrderBook, logger: Logger) {
        self.responder = responder
        self.rights = rights
        self.orders = orders
        self.logger = logger
    }

    /// The answer to `query` of `asker`.
    public func answer(_ query: Query, from asker: QueryAsker) async -> Reply.Outcome {
        guard query.isOrder else { return await responder.answer(query) }
        let verdict = await rights.judge(asker)
        guard verdict.mayOrder else {
            logger.notice(
                "an order is refused",
                metadata: [
                    "verb": "\(query.verb)", "by": "\(verdict.name)", "way": "\(verdict.way)",
                    "from": "\(verdict.address ?? "unknown")",
                ])
            return .failure(
                .notAllowed,
                "\(verdict.name) may ask, but not order: who may stands in section query of the coordinator's configuration")
        }
        let outcome = await responder.answer(query)
        orders.note(
            query.verb, query.arguments, by: verdict.name, way: verdict.way, address: verdict.address, outcome)
        return outcome
    }
}
