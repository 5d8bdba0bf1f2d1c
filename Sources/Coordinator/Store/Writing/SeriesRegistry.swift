/// Which series has which number, and which of them the database does not know yet.
struct SeriesRegistry: Sendable {
    private let most: Int
    private var numbers: [SeriesIdentity: SeriesNumber] = [:]
    /// By number; nil where the number is free.
    private var identities: [SeriesIdentity?] = []
    private var byMetric: [String: [SeriesNumber]] = [:]
    /// Numbers given since this was last asked.
    private var fresh: [(number: SeriesNumber, identity: SeriesIdentity)] = []

    init(most: Int, known: [(number: SeriesNumber, identity: SeriesIdentity)]) {
        self.most = most
        for (number, identity) in known { enter(identity, as: number) }
    }

    /// How many there are.
    var count: Int { numbers.count }

    /// The number of `identity`, a new one where it has none; nil where there are too many.
    mutating func number(of identity: SeriesIdentity) -> SeriesNumber? {
        if let number = numbers[identity] { return number }
        guard numbers.count < most, identities.count < ChunkKey.mostSeries else { return nil }
        let number = SeriesNumber(rawValue: Int32(identities.count))
        enter(identity, as: number)
        fresh.append((number, identity))
        return number
    }

    /// What `number` is of.
    subscript(number: SeriesNumber) -> SeriesIdentity? {
        identities.indices.contains(Int(number.rawValue)) ? identities[Int(number.rawValue)] : nil
    }

    /// The series of a metric, in the order of their numbers.
    func series(ofMetric metric: String) -> [(number: SeriesNumber, identity: SeriesIdentity)] {
        (byMetric[metric] ?? []).compactMap { number in self[number].map { (number, $0) } }
    }

    /// The names of all metrics, in their order.
    var metrics: [String] { byMetric.keys.sorted() }

    /// The numbers given since this was last called.
    mutating func takeFresh() -> [(number: SeriesNumber, identity: SeriesIdentity)] {
        defer { fresh = [] }
        return fresh
    }

    private mutating func enter(_ identity: SeriesIdentity, as number: SeriesNumber) {
        while identities.count <= Int(number.rawValue) { identities.append(nil) }
        identities[Int(number.rawValue)] = identity
        numbers[identity] = number
        byMetric[identity.metric, default: []].append(number)
    }
}
