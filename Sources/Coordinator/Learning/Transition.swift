/// One step of the environment as the learner remembers it.
public struct Transition: Sendable, Hashable {
    /// What was seen when the action was chosen.
    public var observation: [Float]
    /// The action taken, an index.
    public var action: Int
    /// The reward that followed, unscaled.
    public var reward: Double
    /// What was seen next; at the end of an episode the true last observation, not the first of the next episode.
    public var nextObservation: [Float]
    /// The actions allowed in the next state. Empty means that there are none, and the state counts as terminal.
    public var nextAllowed: ActionMask
    /// Whether the episode ended here.
    public var isTerminal: Bool
    /// Whether it was a time limit that ended it: the next state's value then still counts (Pardo et al., ICML 2018).
    public var isTimeout: Bool

    /// A transition of the given parts.
    public init(
        observation: [Float], action: Int, reward: Double, nextObservation: [Float], nextAllowed: ActionMask,
        isTerminal: Bool = false, isTimeout: Bool = false
    ) {
        self.observation = observation
        self.action = action
        self.reward = reward
        self.nextObservation = nextObservation
        self.nextAllowed = nextAllowed
        self.isTerminal = isTerminal
        self.isTimeout = isTimeout
    }
}
