public import Topology

/// The video-analytics workflow of the Darly thesis (section 3.2) and the four nodes it was studied on (table 4.1).
public enum VideoWorkflow {
    /// The workflow's name.
    public static let name = WorkflowName("video-analytics")
    /// Cuts frames out of the video; sequential, the longest function.
    public static let framer = FunctionName("framer")
    /// Looks for faces in one frame; called once per frame.
    public static let facedetector = FunctionName("facedetector")
    /// Analyses one frame that has a face.
    public static let faceanalyzer = FunctionName("faceanalyzer")
    /// Classifies one frame that has none.
    public static let mobilenet = FunctionName("mobilenet")

    /// The functions in the order in which observations list their locations (Darly thesis, section 5.3).
    public static let functions = [framer, facedetector, faceanalyzer, mobilenet]
    /// The two functions that move and scale together, the thesis' "models".
    public static let models = [faceanalyzer, mobilenet]
    /// The largest replica count Rs. The sources do not give it; with 16 a policy that never moves meets every target,
    /// with fewer the schedulers without a replica action cannot meet the strict one.
    public static let maximumReplicas = 8
    /// Frames per scheduled request; one of the four input sizes of the thesis.
    public static let scheduledFrames = 32

    /// What a scheduler may decide about on `nodes`: three movable units, the models scaled together.
    public static func topology(nodes: [NodeName]) throws(TopologyError) -> SchedulingTopology {
        try SchedulingTopology(
            nodes: nodes, workflow: name, functions: functions,
            movableUnits: [
                MovableUnit(name: "framer", functions: [framer]),
                MovableUnit(name: "facedetector", functions: [facedetector]),
                MovableUnit(name: "models", functions: models),
            ],
            scaledFunctions: models, maximumReplicas: maximumReplicas)
    }
}

/// The versions of the workflow that the thesis compares (section 3.2): the more is merged, the fewer calls per frame.
public enum VideoWorkflowVersion: Int, Sendable, Codable, CaseIterable {
    /// Framer, detector, one of two models, outputer.
    case separate = 1
    /// The two models merged into `inference`.
    case mergedModels = 2
    /// Detector and models merged into `biginference`.
    case mergedInference = 3
    /// Everything but the outputer in one sequential process.
    case monolith = 4
}

/// Where each function of the video workflow runs, as positions in the test bed's list of nodes.
public struct VideoPlacement: Hashable, Sendable, Codable {
    /// Node of the framer.
    public var framer: Int
    /// Node of the face detector.
    public var facedetector: Int
    /// Node of the model for frames with a face.
    public var faceanalyzer: Int
    /// Node of the model for frames without one.
    public var mobilenet: Int
    /// Node of the outputer, which no scheduler moves.
    public var outputer: Int

    /// The placement as described.
    public init(framer: Int, facedetector: Int, faceanalyzer: Int, mobilenet: Int, outputer: Int) {
        self.framer = framer
        self.facedetector = facedetector
        self.faceanalyzer = faceanalyzer
        self.mobilenet = mobilenet
        self.outputer = outputer
    }

    /// The three movable units placed as given, the outputer at its starting place, the first node.
    public init(framer: Int, facedetector: Int, models: Int) {
        self.init(framer: framer, facedetector: facedetector, faceanalyzer: models, mobilenet: models, outputer: 0)
    }

    /// Everything on `node`.
    public init(all node: Int) {
        self.init(framer: node, facedetector: node, faceanalyzer: node, mobilenet: node, outputer: node)
    }

    /// The node of `function`, nil for a name that is not one of the scheduled four.
    public subscript(function: FunctionName) -> Int? {
        ScheduledFunction(function).map { self[$0] }
    }

    /// The node of `function`.
    subscript(function: ScheduledFunction) -> Int {
        get {
            switch function {
            case .framer: framer
            case .facedetector: facedetector
            case .faceanalyzer: faceanalyzer
            case .mobilenet: mobilenet
            }
        }
        set {
            switch function {
            case .framer: framer = newValue
            case .facedetector: facedetector = newValue
            case .faceanalyzer: faceanalyzer = newValue
            case .mobilenet: mobilenet = newValue
            }
        }
    }
}

/// The four scheduled functions without their names: the model asks for them often, and names are slow to compare.
enum ScheduledFunction: Int, CaseIterable, Sendable {
    case framer
    case facedetector
    case faceanalyzer
    case mobilenet

    /// The function called `name`, nil when it is not one of the four.
    init?(_ name: FunctionName) {
        switch name {
        case VideoWorkflow.framer: self = .framer
        case VideoWorkflow.facedetector: self = .facedetector
        case VideoWorkflow.faceanalyzer: self = .faceanalyzer
        case VideoWorkflow.mobilenet: self = .mobilenet
        default: return nil
        }
    }

    /// Its name.
    var name: FunctionName { VideoWorkflow.functions[rawValue] }

    /// Whether it is one of the two that scale.
    var isModel: Bool { self == .faceanalyzer || self == .mobilenet }
}
