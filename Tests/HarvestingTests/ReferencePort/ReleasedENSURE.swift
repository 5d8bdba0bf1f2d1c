import Harvesting

/// ENSURE as Freyr's published simulator has it, each of its defects for itself, so that a test can say which of them makes
/// a recorded figure. Without any it decides as `ENSUREManager` does.
struct ReleasedENSURE: ResourceManager {
    struct Defects: OptionSet, Hashable {
        let rawValue: Int
        /// One counter for all functions, as its index is what a loop happened to leave behind.
        static let sharedCounter = Self(rawValue: 1)
        /// In between it repeats the previous decision, whichever function that was made for.
        static let repeatsForeignDecision = Self(rawValue: 2)
        /// Latency is compared with the shortest duration of the simulator's model, which no platform can know.
        static let knowsShortestDuration = Self(rawValue: 4)
        /// The mean of the window divides by three even if fewer calls have finished.
        static let dividesByThree = Self(rawValue: 8)
        static let all: Self = [.sharedCounter, .repeatsForeignDecision, .knowsShortestDuration, .dividesByThree]
    }

    let defects: Defects

    private var cores: [Int: Int] = [:]
    private var counters: [Int: Int] = [:]
    private var completions: [Int: [(sequence: Int, seconds: Double, cores: Int)]] = [:]
    private var previous: Int?

    init(_ defects: Defects) {
        self.defects = defects
    }

    mutating func decide(_ request: InvocationRequest, _ load: ClusterLoad) -> AllocationDecision {
        let function = request.function.place
        let present = cores[function] ?? request.user.millicores / 1_000
        let calls = completions[function] ?? []
        let mean = calls.isEmpty ? 0 : calls.map(\.seconds).reduce(0, +) / Double(calls.count)
        let (patience, step) = mean > 5 ? (5, 1) : (3, 2)
        let counter = defects.contains(.sharedCounter) ? 0 : function
        var wanted: Int?
        if counters[counter, default: 0] < patience {
            counters[counter, default: 0] += 1
            wanted = defects.contains(.repeatsForeignDecision) ? previous : present
        } else {
            counters[counter] = 0
            wanted = adjusted(present, step: step, calls, function, freeCores: load.free.millicores / 1_000)
        }
        previous = wanted
        cores[function] = wanted ?? present
        return AllocationDecision(
            Resources(millicores: (wanted ?? present) * 1_000, mebibytes: request.user.mebibytes))
    }

    private func adjusted(
        _ present: Int, step: Int, _ calls: [(sequence: Int, seconds: Double, cores: Int)], _ function: Int, freeCores: Int
    ) -> Int? {
        let window = calls.suffix(3)
        guard let least = calls.map(\.seconds).min(), let last = window.last else { return nil }
        let average = window.map(\.seconds).reduce(0, +)
            / Double(defects.contains(.dividesByThree) ? 3 : window.count)
        let reference = defects.contains(.knowsShortestDuration)
            ? Double(PortedCluster.profiles[function].shortest) : least
                guard freeCores > step else { return max(last.cores - step, 1) }
        return average / reference >= 1.10 ? min(last.cores + step, 8) : nil
    }

    mutating func finished(_ record: FinishedInvocation) {
        completions[record.function.place, default: []].append(
            (record.sequence, record.completionSeconds, record.allocated.millicores / 1_000))
        completions[record.function.place]?.sort { $0.sequence < $1.sequence }
    }
}
