import ControlAPI
import Influx
import Proxy
import Store
import Telemetry

/// Everything that is shown to Prometheus, family by family; docs/metrics.md explains each.
struct MetricsPage: Sendable {
    let parts: CoordinatorResponder.Parts
    /// How fine the nodes' metrics are shown.
    let scope: HTTPConfiguration.Scope
    let version: String
    let http: HTTPTally

    /// All families that have a value now, in the text format. What the coordinator says of itself comes first: the names
    /// of nodes' metrics are the agents', and must not take the place of one of ours.
    func text() -> [UInt8] {
        var text = ExpositionText()
        for family in own { text.add(family) }
        if let (state, now) = parts.hub?.snapshot() {
            for family in NodeMetricFamilies.families(of: state, scope: scope, at: now) { text.add(family) }
        }
        return text.bytes
    }

    /// What the coordinator says of itself and of what it has been told; families without a value among them.
    var own: [MetricFamily] {
        var families = ProcessFamilies.families(version: version) + HTTPFamilies.families(of: http.snapshot)
        if let (state, now) = parts.hub?.snapshot() { families += TelemetryFamilies.families(of: state, at: now) }
        if let tally = parts.journal?.tally.snapshot { families += DecisionFamilies.families(of: tally) }
        if let journal = parts.journal { families += StoreFamilies.families(of: journal.health, parts.history?.status) }
        if let status = parts.placement?.status { families += PlacementFamilies.families(of: status) }
        if let leadership = parts.leadership {
            families.append(
                .gauge("reeve_is_leader", "Whether this coordinator may act on the cluster.", leadership.isLeader ? 1 : 0))
        }
        if let board = parts.harvest { families += HarvestFamilies.families(of: board) }
        if let influx = parts.influx { families += InfluxFamilies.families(of: influx.counts) }
        if let routing = parts.routing { families += ProxyFamilies.families(of: routing.control.snapshot()) }
        return families
    }
}
