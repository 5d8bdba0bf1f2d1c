/// What the function mapper works on, and how long it waits.
public struct MapperSettings: Hashable, Sendable {
    /// The namespace of the functions, each of which is the Deployment of its name.
    public var namespace: String
    /// The labels that a Deployment must have to be a function, such as "faas_function"; nil for every Deployment of
    /// the namespace.
    public var selector: String?
    /// How long a change may take to come about, in seconds, before it is taken back: a new pod must be found a node,
    /// fetch its image and become ready.
    public var changeSeconds: Int
    /// How long a pod may find no node, or not be made, in milliseconds, before the change is taken back. Long enough
    /// for the scheduler to see room that has just become free, and within a second.
    public var obstacleMilliseconds: Int
    /// How long a question is held while the copy of the cluster is not kept up, in seconds, before it fails.
    public var observeSeconds: Int
    /// How often a change is computed anew when somebody else is quicker.
    public var tries: Int

    /// Settings as described.
    public init(
        namespace: String, selector: String? = nil, changeSeconds: Int = 120, obstacleMilliseconds: Int = 500,
        observeSeconds: Int = 5, tries: Int = 10
    ) {
        self.namespace = namespace
        self.selector = selector
        self.changeSeconds = max(changeSeconds, 1)
        self.obstacleMilliseconds = max(obstacleMilliseconds, 0)
        self.observeSeconds = max(observeSeconds, 0)
        self.tries = max(tries, 1)
    }

    var changeNanoseconds: UInt64 { UInt64(changeSeconds) * 1_000_000_000 }
    var obstacleNanoseconds: UInt64 { UInt64(obstacleMilliseconds) * 1_000_000 }
    var observeNanoseconds: UInt64 { UInt64(observeSeconds) * 1_000_000_000 }
}
