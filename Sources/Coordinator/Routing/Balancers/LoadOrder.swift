extension Fleet {
    /// Whether the worker at `left` has fewer requests for its weight than the one at `right`; compared by cross
    /// multiplication, so that no share is rounded.
    func isLessLoaded(_ left: Int, than right: Int) -> Bool {
        workers[left].inFlight * workers[right].weight < workers[right].inFlight * workers[left].weight
    }

    /// Those of `candidates` that have the fewest requests for their weight, in their order.
    func leastLoaded(of candidates: [Int]) -> [Int] {
        var least: [Int] = []
        for index in candidates {
            guard let best = least.first else {
                least = [index]
                continue
            }
            if isLessLoaded(index, than: best) {
                least = [index]
            } else if !isLessLoaded(best, than: index) {
                least.append(index)
            }
        }
        return least
    }
}
