import Logging
import Measures
import NIOCore
import NIOPosix
import Routing

/// Asks workers whether they are well, and tells the router what it comes to believe.
struct HealthProber: Sendable {
    private let check: HealthCheck
    private let desk: RoutingDesk
    private let group: MultiThreadedEventLoopGroup
    private let time: any TimeSource
    private let logger: Logger

    init(
        _ check: HealthCheck, _ desk: RoutingDesk, _ group: MultiThreadedEventLoopGroup, time: any TimeSource,
        logger: Logger
    ) {
        self.check = check
        self.desk = desk
        self.group = group
        self.time = time
        self.logger = logger
    }

    /// Asks all workers, waits for an interval, and again, until cancelled.
    func run() async {
        var beliefs: [WorkerID: HealthBelief] = [:]
        while !Task.isCancelled {
            let workers = desk.workers.filter(\.isMember)
            beliefs = beliefs.filter { id, _ in workers.contains { $0.id == id } }
            for (worker, isWell) in await ask(workers) {
                guard let verdict = beliefs[worker.id, default: HealthBelief()].hear(isWell, check) else { continue }
                desk.probed(
                    worker.specification.address, isHealthy: verdict,
                    holdingSeconds: check.intervalSeconds + check.timeoutSeconds)
            }
            do {
                try await Task.sleep(for: .seconds(check.intervalSeconds))
            } catch {
                return
            }
        }
    }

    private func ask(_ workers: [Worker]) async -> [(Worker, Bool)] {
        await withTaskGroup(of: (Worker, Bool).self) { asking in
            for worker in workers { asking.addTask { (worker, await isWell(worker.specification)) } }
            var answers: [(Worker, Bool)] = []
            for await answer in asking { answers.append(answer) }
            return answers
        }
    }

    private func isWell(_ worker: WorkerSpecification) async -> Bool {
        let path = check.path ?? worker.kind.healthPath
        let probe = HealthProbe.request(path, to: worker.address)
        do {
            return try await HealthProbe.send(
                probe, to: worker.address, on: group.next(), seconds: check.timeoutSeconds)
        } catch {
            logger.debug("a worker does not answer", metadata: ["worker": "\(worker.address)", "error": "\(error)"])
            return false
        }
    }
}

/// What a row of answers makes one believe of a worker.
struct HealthBelief: Hashable, Sendable {
    private var wellInRow = 0
    private var unwellInRow = 0

    /// Another answer. Says whether the worker is to be taken for well or unwell now; nil while it is too early to
    /// tell.
    mutating func hear(_ isWell: Bool, _ check: HealthCheck) -> Bool? {
        if isWell {
            wellInRow = min(wellInRow + 1, check.healthyAfter)
            unwellInRow = 0
            return wellInRow >= check.healthyAfter ? true : nil
        }
        unwellInRow = min(unwellInRow + 1, check.unhealthyAfter)
        wellInRow = 0
        return unwellInRow >= check.unhealthyAfter ? false : nil
    }
}
