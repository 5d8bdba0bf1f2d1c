/// Workers on a circle of hashes, each at as many points as its weight asks for.
struct HashRing: Sendable {
    private struct Point: Sendable {
        let hash: UInt64
        let index: Int
    }

    private var points: [Point] = []

    /// Points of a worker of mean weight; ketama has 160 for each unit of weight, which grows without bound when
    /// weights are large, so here it is shares that count.
    static let pointsPerWorker = 160

    /// The workers of `fleet` that are in its list and have weight. Point i of a worker is the hash of salt, address
    /// and i, so a worker that comes or goes moves no other's points.
    init(_ fleet: Fleet, salt: String) {
        let members = fleet.workers.indices.filter { fleet.workers[$0].isMember && fleet.workers[$0].weight > 0 }
        let mean = Double(members.reduce(0) { $0 + fleet.workers[$1].weight }) / Double(max(members.count, 1))
        for index in members {
            let worker = fleet.workers[index]
            let count = max(Int((Double(Self.pointsPerWorker * worker.weight) / mean).rounded()), 1)
            for number in 0..<count {
                let text = "\(salt)\(worker.specification.address.text)#\(number)"
                points.append(Point(hash: Hashes.mixed64(text.utf8), index: index))
            }
        }
        points.sort { ($0.hash, $0.index) < ($1.hash, $1.index) }
    }

    /// The first worker at or after `hash`, going round once, for which `isTaken` holds; nil when there is none.
    func first(from hash: UInt64, where isTaken: (Int) -> Bool) -> Int? {
        var low = 0
        var high = points.count
        while low < high {
            let middle = (low + high) / 2
            if points[middle].hash < hash { low = middle + 1 } else { high = middle }
        }
        for step in 0..<points.count {
            let index = points[(low + step) % points.count].index
            if isTaken(index) { return index }
        }
        return nil
    }
}
