import ControlAPI
import FoundationEssentials
import HTTPClient
import Kubernetes
import Logging
import Measures
import Settings
import Topology
import Workflows

/// Builds what acts on a real cluster and runs workflows through a gateway: first what carries requests, then the
/// election, the cluster's copy, the workflows, and placement, which is the first to be shut down.
struct LiveWiring {
    let configuration: CoordinatorConfiguration
    let logger: Logger
    let time: SystemTime

    /// Adds what the sections `cluster`, `workflows` and `placement` ask for.
    func add(to built: inout CoordinatorWiring.Parts) throws(SettingsError) {
        guard configuration.cluster != nil || configuration.workflows != nil else {
            return try HarvestWiring(configuration: configuration, logger: logger, time: time).add(nil, to: &built)
        }
        let graphs = try graphs()
        let transport = transport(for: graphs, onTurn: built.beat("http"))
        built.services.append(transport)
        var cluster: KubernetesParts?
        if case .kubernetes(let kubernetes) = configuration.cluster {
            cluster = try KubernetesParts(
                kubernetes, acts: configuration.placement != nil || configuration.harvesting?.mode == .act,
                resizesPods: configuration.harvesting?.mode == .act && configuration.harvesting?.resizesPods == true,
                transport: transport, time: time, logger: logger)
        }
        if let cluster { cluster.add(to: &built) }
        try HarvestWiring(configuration: configuration, logger: logger, time: time).add(cluster, to: &built)
        let workflows = try configuration.workflows.map { section throws(SettingsError) in
            try workflowService(section, transport, journal: built.answers.journal, leadership: cluster?.leadership)
        }
        if let workflows {
            for graph in graphs { workflows.register(graph) }
            built.answers.workflows = workflows
            built.services.append(workflows)
        }
        if let cluster, let workflows { try addPlacement(on: cluster, running: workflows, graphs, to: &built) }
    }

    private func graphs() throws(SettingsError) -> [WorkflowGraph] {
        guard let workflows = configuration.workflows else { return [] }
        return try named("workflows.folder") { try WorkflowFolder.read(path: workflows.folder) }
    }

    /// One transport for all. One host, the gateway, takes as many connections as the widest workflow has calls open.
    private func transport(
        for graphs: [WorkflowGraph], onTurn: @escaping @Sendable () -> Void
    ) -> HTTPTransport {
        var settings = HTTPTransport.Settings(userAgent: "reeve")
        let widest = graphs.map(\.widestFanOut).max() ?? 0
        let others = settings.maximumConnections - settings.maximumConnectionsPerHost
        settings.maximumConnectionsPerHost = max(settings.maximumConnectionsPerHost, widest)
        settings.maximumConnections = settings.maximumConnectionsPerHost + others
        settings.maximumRequests = max(settings.maximumRequests, 2 * settings.maximumConnections)
        return HTTPTransport(settings: settings, time: time, onTurn: onTurn)
    }

    private func workflowService(
        _ section: WorkflowsConfiguration, _ transport: HTTPTransport, journal: DecisionJournal?,
        leadership: Leadership?
    ) throws(SettingsError) -> WorkflowService {
        var settings = OpenFaaSGateway.Settings(
            url: section.gateway, namespace: section.namespace,
            credential: try section.credentialsPath.map { path throws(SettingsError) in try GatewayCredential.read(path) })
        if let path = section.authoritiesPath { settings.tls = TLSSettings(trust: .authorities(.file(path))) }
        let logger = logger
        return WorkflowService(
            gateway: OpenFaaSGateway(settings: settings, transport: transport), objects: try objectStore(section, transport),
            settings: WorkflowService.Settings(
                callbacks: CallbackAddress(
                    host: section.callbacks.host, port: UInt16(section.callbacks.port),
                    advertisedURL: section.callbacks.advertisedURL)),
            pacing: pacing, logger: logger,
            objection: { leadership?.objection },
            ended: { report in
                guard let journal, let record = RunRecord(report) else { return }
                do {
                    try journal.add(record)
                } catch {
                    // Workflows go on without history, as placement does.
                    logger.error("the journal: \(error)", metadata: ["run": "\(report.id)"])
                }
            })
    }

    /// Runs of the workflow that is placed wait for their decision, one at a time.
    private var pacing: WorkflowService.Pacing {
        configuration.placement.map {
            .byScheduler(of: $0.subject.workflow, patienceNanoseconds: $0.decisionWithinNanoseconds)
        } ?? .immediate
    }

    private func objectStore(
        _ section: WorkflowsConfiguration, _ transport: HTTPTransport
    ) throws(SettingsError) -> (any ObjectStore)? {
        guard let objects = section.objects else { return nil }
        return try named("workflows.objects") {
            try objects.open(transport: transport, environment: ProcessInfo.processInfo.environment)
        }
    }

    private func addPlacement(
        on cluster: KubernetesParts, running workflows: WorkflowService, _ graphs: [WorkflowGraph],
        to built: inout CoordinatorWiring.Parts
    ) throws(SettingsError) {
        guard let placement = configuration.placement, let hub = built.answers.hub, let journal = built.answers.journal,
            let leadership = cluster.leadership
        else { return }
        let workflow = graphs.first { $0.name == placement.subject.workflow }
        guard workflow != nil else {
            let known = graphs.map(\.name.rawValue).joined(separator: ", ")
            throw SettingsError(
                "placement.workflow is \(placement.subject.workflow), which workflows.folder does not describe: "
                    + "allowed is \(known)")
        }
        let control = PlacementControl()
        let gate = ControlGate(cluster.mapper, leadership: leadership) { control.isPaused }
        built.answers.placement = control
        built.answers.cluster = gate
        built.answers.release = ReleaseDesk(
            control: control, gate: gate, leadership: leadership,
            managed: { try await cluster.mapper.managedFunctions() },
            release: { try await !cluster.mapper.release([$0]).isEmpty })
        built.services.append(
            PlacementService(
                settings: try PlacementSettings(
                    placement, described: workflow?.functionsInOrder),
                control: control, cluster: gate, runner: LeadingRunner(workflows, leadership: leadership),
                metrics: LiveMetrics(hub: hub), journal: journal, logger: logger, leadership: leadership))
    }
}
