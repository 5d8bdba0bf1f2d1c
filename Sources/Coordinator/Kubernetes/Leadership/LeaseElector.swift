public import Foundation
public import Logging
public import Measures
public import ServiceLifecycle
import Synchronization

/// Stands for an office that one candidate at a time holds, for as long as it runs: `isLeader` says whether this one
/// may act. Any thread may ask.
///
/// A graceful shutdown gives the office up; a cancellation does not, as if the process were killed. Services that act
/// while leading are to be shut down before this one, so they stand after it in a `ServiceGroup`.
public final class LeaseElector: Service {
    private let settings: LeaseElectionSettings
    private let client: KubernetesClient
    private let logger: Logger
    private let time: any TimeSource
    private let wallClock: @Sendable () -> Date
    private let pause: @Sendable (_ nanoseconds: UInt64) async throws -> Void
    private let state: Mutex<State>

    private struct State {
        var election: LeaseElection
        // What has been logged, so that each turn and each kind of failure is told once.
        var wasLeader = false
        var holder: String?
        /// Since a request last succeeded.
        var failures: Set<KubernetesError.Code> = []
    }

    /// A candidate that is not running yet.
    public init(
        _ settings: LeaseElectionSettings, client: KubernetesClient, logger: Logger,
        time: any TimeSource = SystemTime(),
        wallClock: @escaping @Sendable () -> Date = { Date() },
        pause: @escaping @Sendable (_ nanoseconds: UInt64) async throws -> Void = {
            try await Task.sleep(nanoseconds: $0)
        }
    ) {
        self.settings = settings
        self.client = client
        self.logger = logger
        self.time = time
        self.wallClock = wallClock
        self.pause = pause
        state = Mutex(State(election: LeaseElection(settings, at: time.now)))
    }

    /// Whether this candidate may act now. To be asked right before each action, since it ends by itself when the lease
    /// cannot be renewed.
    public var isLeader: Bool { state.withLock { $0.election.isLeader(at: time.now) } }

    /// Who held the office when it was last looked at; nil for nobody, and before the first look.
    public var holder: String? { state.withLock { $0.election.holder } }

    /// Seeks the office and holds it until graceful shutdown or cancellation.
    public func run() async {
        await cancelWhenGracefulShutdown { await self.stand() }
        guard !Task.isCancelled else { return }
        state.withLock { $0.election.release(at: time.now) }
        await stand()
    }

    private func stand() async {
        while !Task.isCancelled {
            let step = state.withLock { $0.election.step(at: time.now, wallClock: wallClock()) }
            switch step {
            case .end: return
            case .wait(let nanoseconds):
                // A pause that is cancelled ends at once; the loop finds the cancellation itself.
                try? await pause(nanoseconds)
            case .read, .create, .replace:
                let outcome = await withinTime { await self.perform(step) }
                take(outcome)
            }
        }
    }

    /// The answer of the server, and the failure behind it where there is one to tell of.
    private struct Outcome: Sendable {
        let answer: LeaseElection.Answer
        let failure: KubernetesError?

        init(_ answer: LeaseElection.Answer, failure: KubernetesError? = nil) {
            self.answer = answer
            self.failure = failure
        }
    }

    private func perform(_ step: LeaseElection.Step) async -> Outcome {
        do throws(KubernetesError) {
            return Outcome(.lease(try await request(step)))
        } catch {
            switch (error.code, step) {
            // What is not there when the lease is to be made is the namespace.
            case (.notFound, .read), (.notFound, .replace): return Outcome(.absent)
            case (.conflict, _), (.alreadyExists, _): return Outcome(.conflict)
            default: return Outcome(.failed, failure: error)
            }
        }
    }

    private func request(_ step: LeaseElection.Step) async throws(KubernetesError) -> LeaseObject {
        switch step {
        case .create(let lease):
            try await client.create(.leases, lease, in: settings.namespace, as: LeaseObject.self)
        case .replace(let lease):
            try await client.replace(
                .leases, named: settings.name, in: settings.namespace, with: lease, as: LeaseObject.self)
        case .read, .wait, .end:
            try await client.get(.leases, named: settings.name, in: settings.namespace, as: LeaseObject.self)
        }
    }

    /// Gives a request up in time for another before the deadline; whether it was carried out is then not known.
    private func withinTime(_ request: @escaping @Sendable () async -> Outcome) async -> Outcome {
        await withTaskGroup(of: Outcome?.self) { group in
            group.addTask { await request() }
            group.addTask { [pause, settings] in
                try? await pause(settings.requestNanoseconds)
                return nil
            }
            let first = await group.next().flatMap { $0 }
            group.cancelAll()
            let silence = KubernetesError(.timeout, "lease \(settings.subject): no answer in time")
            return first ?? Outcome(.failed, failure: silence)
        }
    }

    private func take(_ outcome: Outcome) {
        let now = time.now
        let (isLeader, turned, failure) = state.withLock { state in
            state.election.take(outcome.answer, at: now)
            let isLeader = state.election.isLeader(at: now)
            let holder = state.election.holder
            let turned = isLeader != state.wasLeader || (!isLeader && holder != state.holder)
            state.wasLeader = isLeader
            state.holder = holder
            var failure = outcome.failure
            if let code = failure?.code {
                if code == .cancelled || !state.failures.insert(code).inserted { failure = nil }
            } else {
                state.failures = []
            }
            return (isLeader, turned ? holder ?? "nobody" : nil, failure)
        }
        if let turned {
            logger.info(
                isLeader ? "this coordinator leads" : "this coordinator does not lead",
                metadata: ["lease": "\(settings.subject)", "holder": "\(turned)", "identity": "\(settings.identity)"])
        }
        if let failure {
            logger.warning(
                "the lease cannot be kept", metadata: ["lease": "\(settings.subject)", "error": "\(failure)"])
        }
    }
}
