/// Which part of a list in the order of names is asked for.
struct ListPage {
    /// The most elements of a page: more than the nodes of a large cluster.
    private static let longest: Int64 = 2_000

    /// The name that the page begins after; nil from the beginning.
    let after: String?
    /// The most elements that the page has.
    let limit: Int

    /// The page that `after` and `limit` ask for; all as far as one page goes without them.
    init(_ arguments: inout QueryArguments) throws(QueryArguments.BadArgument) {
        after = arguments.optionalString("after")
        limit = Int(try arguments.integer("limit", in: 1...Self.longest, default: Self.longest) ?? Self.longest)
    }

    /// The page of `elements`, which stand in the order of their names.
    func of<Element>(_ elements: [Element], name: (Element) -> String) -> [Element] {
        Array(elements.drop { element in after.map { name(element) <= $0 } ?? false }.prefix(limit))
    }
}
