/// Decides from heartbeats what the service manager is told: heartbeats in, notices out.
///
/// The process is ready once every heartbeat has begun. From then on the watchdog is fed only when every heartbeat has
/// gone on since it was last fed; while one of them stands still the watchdog starves, and the status names it.
struct LivenessJudge {
    private let names: [String]
    private let hasWatchdog: Bool
    /// The beats when the watchdog was last fed.
    private var beatsAtFeeding: [UInt64]
    private var lastStatus: String?
    /// Whether every heartbeat has begun.
    private(set) var isReady = false

    /// A judge of the heartbeats called `names`, in that order, that feeds a watchdog if there is one.
    init(names: [String], hasWatchdog: Bool) {
        self.names = names
        self.hasWatchdog = hasWatchdog
        beatsAtFeeding = Array(repeating: 0, count: names.count)
    }

    /// What is to be told now that the heartbeats have counted `beats`.
    mutating func check(_ beats: [UInt64]) -> [ServiceNotice] {
        let still = names.indices.filter { beats[$0] == beatsAtFeeding[$0] }.map { names[$0] }
        guard still.isEmpty else {
            let list = still.joined(separator: ", ")
            return status(isReady ? "no sign of life from: \(list)" : "starting, waiting for: \(list)")
        }
        beatsAtFeeding = beats
        let becomesReady = !isReady
        isReady = true
        return (becomesReady ? [.ready] : []) + status("running") + (hasWatchdog ? [.alive] : [])
    }

    private mutating func status(_ text: String) -> [ServiceNotice] {
        guard text != lastStatus else { return [] }
        lastStatus = text
        return [.status(text)]
    }
}
