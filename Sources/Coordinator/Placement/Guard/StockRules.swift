/// Puts the stock rules in charge while the policy keeps fewer targets than they do.
///
/// The rule: the stock rules begin, and the share of targets kept under them is what the policy has to reach. Once the
/// policy's share over its last `stockRuns` runs is smaller, the stock rules take over and are measured anew, for twice
/// as long each time up to eight times, until the policy has got through one whole window.
struct StockRules: Sendable {
    private enum Reign: Sendable {
        case off
        case stock(kept: Int, runs: Int, needed: Int)
        case policy(window: [Bool], stockKept: Int, stockRuns: Int)
    }

    /// The most that a reign of the stock rules is lengthened to, in doublings.
    private static let maximumDoublings = 3

    private let runs: Int
    private var reign: Reign
    private var doublings = 0

    init(runs: Int) {
        self.runs = runs
        reign = runs > 0 ? .stock(kept: 0, runs: 0, needed: runs) : .off
    }

    /// Why the policy may change nothing, if so.
    var refusal: GuardRefusal? {
        guard case .stock(_, let runs, let needed) = reign else { return nil }
        return .stockRules(runsLeft: needed - runs)
    }

    /// Gives a new policy a window of its own; what is known of the stock rules is kept.
    mutating func beginPolicy() {
        doublings = 0
        guard case .policy(_, let stockKept, let stockRuns) = reign else { return }
        reign = .policy(window: [], stockKept: stockKept, stockRuns: stockRuns)
    }

    /// Takes in whether a run kept its target; the answer is whether the stock rules take over from the policy.
    mutating func note(isServed: Bool) -> Bool {
        switch reign {
        case .off: return false
        case .stock(let kept, let runs, let needed):
            let (kept, runs) = (kept + (isServed ? 1 : 0), runs + 1)
            reign =
                runs < needed
                ? .stock(kept: kept, runs: runs, needed: needed)
                : .policy(window: [], stockKept: kept, stockRuns: runs)
            return false
        case .policy(var window, let stockKept, let stockRuns):
            window.append(isServed)
            if window.count > runs { window.removeFirst() }
            reign = .policy(window: window, stockKept: stockKept, stockRuns: stockRuns)
            guard window.count == runs else { return false }
            // Shares, multiplied out to stay whole.
            guard window.count(where: { $0 }) * stockRuns < stockKept * runs else {
                doublings = 0
                return false
            }
            reign = .stock(kept: 0, runs: 0, needed: runs << doublings)
            doublings = min(doublings + 1, Self.maximumDoublings)
            return true
        }
    }
}
