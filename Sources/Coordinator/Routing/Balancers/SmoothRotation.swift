/// nginx' smooth weighted round robin: each worker gets its share, and never more turns in a row than its share needs.
///
/// Before each turn a worker's current weight grows by its effective weight; who has the largest is chosen and pays the
/// sum of all. Weights 5, 1, 1 give a a b a c a a. A failure takes weight / failuresToEject off the effective weight,
/// and each turn gives one back (ngx_http_upstream_round_robin.c; the reference description is Igor Sysoev's commit
/// 52327e0627f4).
struct SmoothRotation: Sendable {
    private struct Turn: Sendable {
        var current = 0
        var effective: Int
    }

    private var turns = WorkerTable<Turn>()

    /// Whose turn it is among `candidates`, which must not be empty; the first of those that are equal.
    mutating func next(among candidates: [Int], in fleet: Fleet) -> Int {
        turns.align(to: fleet) { Turn(effective: $0.weight) }
        var total = 0
        var best = candidates[0]
        for (position, index) in candidates.enumerated() {
            let weight = fleet.workers[index].weight
            turns[index].effective = min(turns[index].effective, weight)
            turns[index].current += turns[index].effective
            total += turns[index].effective
            if turns[index].effective < weight { turns[index].effective += 1 }
            if position > 0, turns[index].current > turns[best].current { best = index }
        }
        turns[best].current -= total
        return best
    }

    /// The worker at `index` failed.
    mutating func failed(_ index: Int, in fleet: Fleet) {
        turns.align(to: fleet) { Turn(effective: $0.weight) }
        let loss = max(fleet.workers[index].weight / fleet.health.failuresToEject, 1)
        turns[index].effective = max(turns[index].effective - loss, 0)
    }
}
