public import Cluster
public import Harvesting
public import Logging
public import Measures
public import ServiceLifecycle
import Synchronization
public import Telemetry
public import Topology

/// Harvests idle resources: reads what containers use from the agents' reports, and has limits changed, until shutdown,
/// when everything is given back.
///
/// Each node is looked after by a task of its own, so that one that does not answer keeps no other waiting.
public struct HarvestService<Manager: ResourceManager>: Service {
    private let parts: NodeHarvester<Manager>.Parts
    private let end = End()

    /// Between two looks at a node on which no limit is changed.
    private static var idlePause: UInt64 { 250_000_000 }

    /// A service in which every container begins with a copy of `manager`. Limits are changed by the first of `carriers`
    /// that can on a node; without any, by the agents. `objection` says why this coordinator may not change anything, and
    /// is asked right before each change; `owner` who else changes the limits of a function; `record` keeps what has
    /// happened.
    public init(
        settings: HarvestSettings, manager: Manager, hub: TelemetryHub, board: HarvestBoard,
        carriers: [any LimitCarrier] = [], time: any TimeSource = SystemTime(), logger: Logger,
        objection: @escaping @Sendable () -> String? = { nil },
        owner: @escaping @Sendable (FunctionName) async -> String? = { _ in nil },
        record: @escaping @Sendable (HarvestRecord) -> Void = { _ in },
        pause: @escaping @Sendable (_ nanoseconds: UInt64) async throws -> Void = {
            try await Task.sleep(nanoseconds: $0)
        }
    ) {
        parts = NodeHarvester.Parts(
            settings: settings, manager: manager, hub: hub, board: board,
            carriers: carriers.isEmpty ? [AgentLimits(hub: hub)] : carriers, time: time, logger: logger,
            objection: objection, owner: owner, record: record, pause: pause)
    }

    /// Runs until graceful shutdown, which gives everything back, or cancellation, which leaves that to the leases' ends.
    public func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                var known: Set<NodeName> = []
                while !end.hasCome, !Task.isCancelled {
                    for node in parts.hub.snapshot().state.containers.nodes where known.insert(node).inserted {
                        group.addTask { await lookAfter(node) }
                    }
                    // A sleep that is cut short finds the end itself.
                    try? await parts.pause(Self.idlePause)
                }
            }
        } onGracefulShutdown: { [end] in
            end.come()
        }
        parts.logger.info("harvesting ended")
    }

    private func lookAfter(_ node: NodeName) async {
        var harvester = NodeHarvester(node, parts)
        while !end.hasCome, !Task.isCancelled {
            await harvester.turn { end.hasCome }
            try? await parts.pause(harvester.holdsAny ? NodeHarvester<Manager>.busyPause : Self.idlePause)
        }
        await harvester.giveBackAll()
    }
}

/// Whether the service is to end.
private final class End: Sendable {
    private let flag = Atomic(false)
    var hasCome: Bool { flag.load(ordering: .sequentiallyConsistent) }
    func come() { flag.store(true, ordering: .sequentiallyConsistent) }
}
