/// The network's inputs for a number of decisions, one below the other: for each decision one row per candidate that
/// counts, the context followed by the candidate's features. The memory grows with the largest number of rows.
final class CandidateRows {
    private let table: CandidateTable
    private var buffer: FloatBuffer
    /// Where each decision's rows begin, and after the last one where they end.
    private(set) var starts: [Int] = []
    /// The candidate of each row.
    private(set) var candidates: [Int] = []

    init(table: CandidateTable) {
        self.table = table
        buffer = FloatBuffer(count: table.inputCount)
    }

    var count: Int { candidates.count }
    var inputs: UnsafePointer<Float> { UnsafePointer(buffer.base) }

    /// Forgets all rows.
    func removeAll() {
        starts.removeAll(keepingCapacity: true)
        candidates.removeAll(keepingCapacity: true)
    }

    /// Adds the rows of a decision, all candidates where `allowed` is nil.
    func append(context: UnsafePointer<Float>, allowed: ActionMask?) {
        let first = count
        if starts.isEmpty { starts.append(0) }
        for candidate in 0..<table.count where allowed?[candidate] ?? true { candidates.append(candidate) }
        starts.append(count)
        reserve(count)
        for row in first..<count {
            let start = buffer.base + row * table.inputCount
            start.update(from: context, count: table.contextCount)
            let features = table.features[candidates[row]]
            for index in features.indices { start[table.contextCount + index] = features[index] }
        }
    }

    private func reserve(_ rows: Int) {
        guard rows * table.inputCount > buffer.count else { return }
        let larger = FloatBuffer(count: 2 * rows * table.inputCount)
        larger.base.update(from: buffer.base, count: buffer.count)
        buffer = larger
    }
}
