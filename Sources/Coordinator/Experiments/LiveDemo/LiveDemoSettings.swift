public import Placement

/// What a live demo runs on and shows.
public struct LiveDemoSettings: Sendable {
    /// The schedulers, in the order in which they run; each begins where kube-scheduler put the functions.
    public var schedulers: [Scheduler]
    /// How the learners learn.
    public var preset: PlacementPreset
    /// Decides the learners' random numbers and the counters' noise.
    public var seed: UInt64
    /// Requests of each scheduler.
    public var steps: Int
    /// Frames of each request, cut one second apart.
    public var frames: Int
    /// Seconds between pressure on the nodes and the request after it.
    public var settleSeconds: Double
    /// The kubeconfig with the coordinator's rights.
    public var kubeconfig: String
    /// The namespace of the functions.
    public var namespace: String
    /// The gateway's address.
    public var gateway: String
    /// The folder with the workflows' descriptions, that of "video" among them.
    public var workflows: String
    /// The folder through which frames travel.
    public var store: String
    /// The video, as the store names it.
    public var video: String

    /// Settings as given; the thesis' 7 frames, and 2 s to settle.
    public init(
        schedulers: [Scheduler] = [.native, .custom], preset: PlacementPreset = .reeve, seed: UInt64 = 1,
        steps: Int = 30, frames: Int = 7, settleSeconds: Double = 2, kubeconfig: String,
        namespace: String = "openfaas-fn", gateway: String, workflows: String, store: String, video: String
    ) {
        precondition(steps > 0 && frames > 0 && settleSeconds >= 0, "a live demo has steps, frames and no negative time")
        self.schedulers = schedulers
        self.preset = preset
        self.seed = seed
        self.steps = steps
        self.frames = frames
        self.settleSeconds = settleSeconds
        self.kubeconfig = kubeconfig
        self.namespace = namespace
        self.gateway = gateway
        self.workflows = workflows
        self.store = store
        self.video = video
    }

    /// The schedulers that a live demo can run: those that need no model of the cluster.
    public static let possibleSchedulers: [Scheduler] = [.native, .custom, .fullmap, .kubernetes, .blind, .random]
    /// The workflow that is run.
    static let workflow = "video"
    /// Requests without pressure by which the targets are set; the first pays for what is cold and does not count.
    static let calibrationRuns = 4
    /// The strict target over the median latency without pressure. The loose one is larger by the thesis' 35 to 26.
    static let strictMargin = 1.25

    /// The rest of the coordinator's section `placement`: what moves together, and a guard that lets a run of thirty
    /// requests see moves at all. Its standard values are for clusters, where a change must prove itself for longer.
    static let placement = """
          workflow: video
          functions: [framer, facedetector, faceanalyzer, mobilenet]
          units: {framer: [framer], facedetector: [facedetector], models: [faceanalyzer, mobilenet]}
          scaled: [faceanalyzer, mobilenet]
          maximumReplicas: 4
          guard: {betweenMoves: 3s, movesPerMinute: 20, noReturnWithin: 20s, minimumGain: 0%, exploration: 60%, \
        runsToJudge: 1, worseBy: 50%, stockRuns: 0, quietAfterStart: 0s}
        """
    /// The same guard in words.
    static let guardText = """
        lowered for so short a run: 3 s between moves of a function, 20 moves a minute, no return within 20 s, no promise \
        of gain asked, up to 60 % random changes, one run to judge a change by, taken back when half as slow again, no \
        stock rules
        """
}
