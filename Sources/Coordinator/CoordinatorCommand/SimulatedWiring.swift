import ControlAPI
import Experiments
import Logging
import Measures
import Settings
import Simulation

/// Builds what acts on a simulated cluster, which runs its workflow itself.
struct SimulatedWiring {
    let configuration: CoordinatorConfiguration
    let logger: Logger
    let time: SystemTime

    /// Adds the connection to the world at `endpoint`, and placement where it is asked for.
    func add(_ endpoint: String, to built: inout CoordinatorWiring.Parts) throws(SettingsError) {
        let beat = built.beat("world")
        let world = try named("cluster.endpoint") {
            try RemoteWorld(endpoint: endpoint, time: time, logger: logger, onTurn: beat)
        }
        built.answers.cluster = world
        built.answers.interference = world
        built.services.append(world)
        try HarvestWiring(configuration: configuration, logger: logger, time: time).add(nil, to: &built)
        guard let placement = configuration.placement, let hub = built.answers.hub, let journal = built.answers.journal
        else { return }
        let control = PlacementControl()
        built.answers.placement = control
        built.services.append(
            PlacementService(
                settings: try PlacementSettings(
                    placement, described: nil,
                    profile: MeasuredProfile(profiles: .measure())),
                control: control, cluster: world, runner: world, metrics: LiveMetrics(hub: hub), journal: journal,
                logger: logger))
    }
}
