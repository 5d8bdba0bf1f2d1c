/// A scoring network that no longer learns: a value that only says how candidates are scored. One small network with
/// tanh between its layers gives each candidate one score, with the same weights for all of them; a softmax over the
/// allowed candidates' scores is the policy (Yu et al., "Accelerating Serverless Computing by Harvesting Idle
/// Resources", WWW 2022). `CandidateScorer` acts on it.
public struct ScoringPolicy: Sendable, Hashable {
    /// What is chosen among.
    public let candidates: CandidateTable
    /// Units of the hidden layers, from input to output.
    public let hiddenSizes: [Int]
    /// The parameters in the layout of `NetworkShape`.
    let parameters: [Float]

    init(candidates: CandidateTable, hiddenSizes: [Int], parameters: [Float]) {
        precondition(
            parameters.count == candidates.shape(hidden: hiddenSizes).parameterCount, "one value to each parameter")
        self.candidates = candidates
        self.hiddenSizes = hiddenSizes
        self.parameters = parameters
    }

    /// How many parameters the network has.
    public var parameterCount: Int { parameters.count }
}
