import Measures

/// Draws one of `candidates`, which must not be empty, each as likely as its weight says. Candidates have weight: those
/// without are in no one's choice.
func drawByWeight(_ candidates: [Int], in fleet: Fleet, using random: inout SeededRandom) -> Int {
    let total = candidates.reduce(0) { $0 + fleet.workers[$1].weight }
    var rest = random.index(below: total)
    for index in candidates {
        rest -= fleet.workers[index].weight
        if rest < 0 { return index }
    }
    return candidates[candidates.count - 1]
}
