extension Fleet {
    /// The worker whose share of the weights `hash` falls in, whatever its health: nginx' way from a hash to a peer.
    /// Nil without workers that have weight.
    func worker(atShare hash: Int) -> Int? {
        let members = workers.indices.filter { workers[$0].isMember && workers[$0].weight > 0 }
        let total = members.reduce(0) { $0 + workers[$1].weight }
        guard total > 0 else { return nil }
        var rest = hash % total
        for index in members {
            rest -= workers[index].weight
            if rest < 0 { return index }
        }
        return nil
    }

    /// So many times nginx hashes anew past workers that take nothing before it takes whose turn it is.
    static let mostRehashes = 20
}
