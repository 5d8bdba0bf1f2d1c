public import Topology

extension SchedulingTopology {
    /// The video analytics workflow of the Darly thesis (chapter 4, version 1) on `nodes`: framer, facedetector and the
    /// two models, which move and scale together. Throws `TopologyError` when `nodes` is empty or names one twice.
    ///
    /// The workflow's outputer and wrapper are not listed: no scheduler of the thesis moves them, they stay on the
    /// first node, and listing them would widen the state beyond the 35 numbers that the thesis gives.
    ///
    /// `maximumReplicas` is not in the sources; 8 is the project's choice, since with 16 a policy that moves nothing
    /// meets every target and from 1 replica two of the schedulers could meet none.
    public static func videoAnalytics(
        nodes: [NodeName], maximumReplicas: Int = 8
    ) throws(TopologyError) -> SchedulingTopology {
        let framer = FunctionName("framer"), detector = FunctionName("facedetector")
        let models = [FunctionName("faceanalyzer"), FunctionName("mobilenet")]
        return try SchedulingTopology(
            nodes: nodes, workflow: WorkflowName("video-analytics"), functions: [framer, detector] + models,
            movableUnits: [
                MovableUnit(name: "framer", functions: [framer]),
                MovableUnit(name: "facedetector", functions: [detector]),
                MovableUnit(name: "models", functions: models),
            ],
            scaledFunctions: models, maximumReplicas: maximumReplicas)
    }
}
