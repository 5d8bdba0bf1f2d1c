/// What a scoring network chooses among: a fixed list of candidates, each described by a row of features. A row of the
/// network's input is the context of the decision, the same for all candidates, followed by the candidate's features.
public struct CandidateTable: Sendable, Hashable {
    /// How many floats describe the situation of a decision.
    public let contextCount: Int
    /// The features of each candidate, all of one length.
    public let features: [[Float]]

    /// A table as described. There must be at least one candidate, each with the same number of features, and at least
    /// one of context and features.
    public init(contextCount: Int, features: [[Float]]) {
        precondition(!features.isEmpty, "at least one candidate")
        precondition(features.allSatisfy { $0.count == features[0].count }, "features of one length")
        precondition(contextCount >= 0 && contextCount + features[0].count > 0, "at least one input")
        self.contextCount = contextCount
        self.features = features
    }

    /// How many candidates there are.
    public var count: Int { features.count }
    /// How many features a candidate has.
    public var featureCount: Int { features[0].count }
    /// How many inputs the network has.
    public var inputCount: Int { contextCount + featureCount }

    func shape(hidden: [Int]) -> NetworkShape { NetworkShape(inputs: inputCount, hidden: hidden, outputs: 1) }
}
