/// A scoring policy with how it came about, as a file holds it.
public struct TrainedPolicy: Sendable, Hashable {
    /// The policy.
    public let policy: ScoringPolicy
    /// The seed of its training.
    public let seed: UInt64
    /// What it was trained on, in words.
    public let input: String
    /// The command that made it.
    public let command: String

    /// `policy` with its origin.
    public init(policy: ScoringPolicy, seed: UInt64, input: String, command: String) {
        self.policy = policy
        self.seed = seed
        self.input = input
        self.command = command
    }

    static let file = SealedFile(magic: "reevePol", version: 1, noun: "policy file")

    /// The policy as a file holds it.
    public func encoded() -> [UInt8] {
        var payload = ByteWriter()
        payload.append(seed)
        payload.append(input)
        payload.append(command)
        payload.append(UInt64(policy.candidates.contextCount))
        payload.append(UInt64(policy.candidates.count))
        for features in policy.candidates.features { payload.append(features) }
        payload.append(UInt64(policy.hiddenSizes.count))
        for size in policy.hiddenSizes { payload.append(UInt64(size)) }
        payload.append(policy.parameters)
        return Self.file.sealed(payload.bytes)
    }

    /// Reads what `encoded()` wrote.
    ///
    /// - Throws: `LearningError` of code `foreign` (no policy file), `unsupportedVersion`, `truncated` or `corrupted`.
    public init(bytes: [UInt8]) throws(LearningError) {
        var reader = try Self.file.opened(bytes)
        seed = try reader.integer(UInt64.self)
        input = try reader.text()
        command = try reader.text()
        let contextCount = try reader.count()
        let candidateCount = try reader.count()
        try Self.require((0...Self.largest).contains(contextCount), "number of inputs")
        try Self.require((1...Self.largest).contains(candidateCount), "number of candidates")
        var features: [[Float]] = []
        for _ in 0..<candidateCount { features.append(try reader.floats()) }
        let width = features[0].count
        try Self.require(
            features.allSatisfy { $0.count == width } && (1...Self.largest).contains(contextCount + width),
            "list of candidates")
        let layerCount = try reader.count()
        try Self.require((0...16).contains(layerCount), "number of layers")
        var hiddenSizes: [Int] = []
        for _ in 0..<layerCount { hiddenSizes.append(try reader.count()) }
        try Self.require(
            hiddenSizes.allSatisfy { (1...PPOHyperparameters.largestLayer).contains($0) }, "layer sizes")
        let candidates = CandidateTable(contextCount: contextCount, features: features)
        let parameters = try reader.floats()
        try Self.require(
            parameters.count == candidates.shape(hidden: hiddenSizes).parameterCount
                && parameters.allSatisfy(\.isFinite) && reader.remaining == 0, "network")
        policy = ScoringPolicy(candidates: candidates, hiddenSizes: hiddenSizes, parameters: parameters)
    }

    private static let largest = 1 << 16

    private static func require(_ holds: Bool, _ part: String) throws(LearningError) {
        if !holds { throw LearningError(.corrupted, "The policy file's \(part) does not fit the rest of it.") }
    }
}
