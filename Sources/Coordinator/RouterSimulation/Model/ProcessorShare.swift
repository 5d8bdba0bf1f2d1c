/// Cores that are shared evenly: each of n jobs runs at the speed min(1, cores / n).
///
/// All jobs run at one speed at any time, so a job ends when the work that has gone into each of them since it began
/// equals its own. That makes one heap of ends in units of work, whatever the number of jobs was meanwhile.
struct ProcessorShare: Sendable {
    private struct Job: Sendable, Comparable {
        let end: Double
        let number: Int
        let work: Int

        static func < (left: Self, right: Self) -> Bool { (left.end, left.number) < (right.end, right.number) }
    }

    let cores: Double
    private var heap: [Job] = []
    private var done = 0.0
    private var now = 0.0
    private var jobs = 0

    init(cores: Double) {
        self.cores = cores
    }

    private var speed: Double { min(1, cores / Double(heap.count)) }

    /// When the next job ends if none is added, in milliseconds; nil without jobs.
    var nextEnd: Double? {
        heap.first.map { now + max($0.end - done, 0) / speed }
    }

    /// Moves to `time`, which must not lie beyond `nextEnd`.
    mutating func advance(to time: Double) {
        if !heap.isEmpty { done += (time - now) * speed }
        now = time
    }

    /// Begins a job of `milliseconds` of one core; `work` says whose it is.
    mutating func start(_ work: Int, milliseconds: Double) {
        heap.append(Job(end: done + milliseconds, number: jobs, work: work))
        jobs += 1
        var child = heap.count - 1
        while child > 0, heap[child] < heap[(child - 1) / 2] {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Ends the next job and says whose it was.
    mutating func finishFirst() -> Int {
        let first = heap[0]
        // Rounding must not leave a rest that the next job would be charged for.
        done = max(done, first.end)
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child] < heap[least] {
                least = child
            }
            if least == parent { break }
            heap.swapAt(parent, least)
            parent = least
        }
        return first.work
    }
}
