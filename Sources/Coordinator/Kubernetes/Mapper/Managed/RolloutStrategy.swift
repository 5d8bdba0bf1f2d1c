/// How a Deployment exchanges its pods, as far as it matters to those who call them.
enum RolloutStrategy: Hashable, Sendable {
    /// No pod goes before another is ready in its place.
    case keepsServing
    /// Pods go before others are ready in their place.
    case dropsPods
    /// All pods go before the first new one comes.
    case recreates

    /// The strategy under which every move is made: one more pod, and none fewer.
    static let whileMoving: JSONValue = ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": 1, "maxUnavailable": 0]]

    /// The strategy `json` of a Deployment of `replicas` pods, with the server's defaults and its rounding: what may be
    /// missing is rounded down, what may be there in addition is rounded up, and both cannot be nothing (deployment
    /// controller, ResolveFenceposts).
    init(_ json: JSONValue?, replicas: Int) {
        guard json?["type"]?.text != "Recreate" else {
            self = .recreates
            return
        }
        let rolling = json?["rollingUpdate"]
        let missing = Self.resolve(rolling?["maxUnavailable"], of: replicas, roundingUp: false)
        let more = Self.resolve(rolling?["maxSurge"], of: replicas, roundingUp: true)
        self = missing > 0 || (more == 0 && replicas > 0) ? .dropsPods : .keepsServing
    }

    /// How many pods more than `replicas` there may be while they are exchanged in a move: as many as the strategy
    /// says, or the one of `whileMoving` where that takes its place.
    static func surge(_ json: JSONValue?, replicas: Int) -> Int {
        guard RolloutStrategy(json, replicas: replicas) == .keepsServing else { return 1 }
        return min(resolve(json?["rollingUpdate"]?["maxSurge"], of: replicas, roundingUp: true), replicas)
    }

    /// A count, or a share in per cent; the server's default for both is 25 %.
    private static func resolve(_ value: JSONValue?, of replicas: Int, roundingUp: Bool) -> Int {
        if let count = value?.whole { return Int(clamping: count) }
        let percent = value?.text.flatMap { $0.hasSuffix("%") ? Int($0.dropLast()) : nil } ?? 25
        let (product, overflow) = percent.multipliedReportingOverflow(by: replicas)
        return overflow ? replicas : (product + (roundingUp ? 99 : 0)) / 100
    }
}
