import ControlAPI
import Foundation
import HTTPClient
import Kubernetes
import Logging
import Measures
import Settings

/// What stands for a Kubernetes cluster in a coordinator: the copy of it and its levers, and the election where it acts.
struct KubernetesParts {
    /// Everybody's questions wait for the copy no longer than this, in seconds: shorter than the operator's command waits
    /// for its answer.
    private static let observeSeconds = 3
    /// A look and a renewal every few seconds, and what has to be repeated: by themselves, so that nothing else can
    /// keep the election waiting.
    private static let electionBurst = 5

    let mapper: FunctionMapper
    /// What resizes pods in place; nil where it is not to.
    let resizer: PodResizer?
    private let interference: KubernetesInterference
    /// The right to act; nil where nothing is acted on.
    let leadership: Leadership?
    private let elector: LeaseElector?

    /// The parts for the cluster that `section` names, reached by `transport`. Throws `SettingsError` when there is no
    /// way to it.
    init(
        _ section: KubernetesConfiguration, acts: Bool, resizesPods: Bool, transport: HTTPTransport, time: SystemTime, logger: Logger
    ) throws(SettingsError) {
        let access = try named(section.kubeconfig == nil ? "cluster" : "cluster.kubeconfig") {
            try Self.access(section)
        }
        let namespace = section.namespace ?? access.namespace
        if acts {
            let settings = try named("cluster.lease") {
                try LeaseElectionSettings(
                    namespace: section.lease.namespace ?? namespace, name: section.lease.name,
                    identity: ProcessIdentity.draw(section.lease.identity), leaseSeconds: section.lease.seconds,
                    renewDeadlineMilliseconds: section.lease.renewDeadlineMilliseconds,
                    retryMilliseconds: section.lease.retryMilliseconds)
            }
            let client = KubernetesClient(
                access: access, transport: transport,
                settings: ClientSettings(
                    burst: Self.electionBurst, requestsPerSecond: 1 + settings.requestsPerSecond),
                time: time)
            let elector = LeaseElector(settings, client: client, logger: logger, time: time)
            self.elector = elector
            leadership = Leadership(
                identity: settings.identity, leads: { elector.isLeader }, leader: { elector.holder })
        } else {
            elector = nil
            leadership = nil
        }
        let objection: @Sendable () -> String? = { [leadership] in
            guard let leadership else { return "a coordinator that neither places nor harvests changes nothing" }
            return leadership.objection
        }
        let client = KubernetesClient(
            access: access, transport: transport,
            settings: ClientSettings(burst: section.burst, requestsPerSecond: Double(section.requestsPerSecond)),
            time: time, objection: objection)
        mapper = FunctionMapper(
            client: client,
            settings: MapperSettings(
                namespace: namespace, selector: section.selector, changeSeconds: section.changeSeconds,
                observeSeconds: Self.observeSeconds),
            logger: logger, time: time)
        resizer = (resizesPods ? leadership : nil).map { leadership in
            PodResizer(
                client: client, settings: ResizeSettings(identity: leadership.identity, namespace: namespace),
                logger: logger, time: time, objection: objection)
        }
        interference = KubernetesInterference(
            client: client, settings: KubernetesInterference.Settings(namespace: namespace, image: section.stressImage))
        logger.info(
            "a Kubernetes cluster is looked after",
            metadata: ["server": "\(access.server)", "by": "\(access.origin)", "functions in": "\(namespace)"])
    }

    private static func access(_ section: KubernetesConfiguration) throws -> ClusterAccess {
        guard let paths = section.kubeconfig, paths.contains(":") else {
            return try ClusterAccess.find(kubeconfig: section.kubeconfig, context: section.context)
        }
        var environment = ProcessInfo.processInfo.environment
        environment["KUBECONFIG"] = paths
        return try ClusterAccess.find(context: section.context, environment: environment)
    }

    /// Adds the services, the election first: it must outlive what acts.
    func add(to built: inout CoordinatorWiring.Parts) {
        if let elector { built.services.append(elector) }
        built.services.append(mapper)
        if let resizer { built.services.append(resizer) }
        built.answers.cluster = mapper
        built.answers.interference = interference
        built.answers.leadership = leadership
    }
}
