/// Who decides in the freyr experiment.
public enum FreyrSubject: String, Sendable, Hashable, Codable, CaseIterable, CodingKeyRepresentable {
    /// Every call has what its user defined.
    case fixed
    /// Steps up and down after the last call.
    case greedy
    /// CPU after the latency of the last calls.
    case ensure
    /// The learned policy with its safeguard.
    case freyr
    /// Knows what each call can use: the ceiling.
    case oracle
    /// Wants the most there is for every call.
    case everything

    /// The managers that the published simulation compares.
    public static let published: [Self] = [.freyr, .ensure, .fixed, .greedy]

    /// The published mean RFET and the 98th percentile of completion in seconds (draft of the Freyr paper, its
    /// simulation); nil for those that it does not have.
    public var publishedFigures: (meanRFET: Double, p98CompletionSeconds: Double)? {
        switch self {
        case .freyr: (0.76, 15)
        case .ensure: (0.91, 48)
        case .fixed: (1.00, 121)
        case .greedy: (1.49, 76)
        case .oracle, .everything: nil
        }
    }
}
