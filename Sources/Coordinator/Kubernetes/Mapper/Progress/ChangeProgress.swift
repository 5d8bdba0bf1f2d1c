import Measures

/// Follows a change of one or several functions that belongs together, from the moment that the server has it: whether
/// it has come about, is to be taken back, or has been. It does nothing itself, and reads no clock.
///
/// It is fed with states, not with events: what was missed between two of them does not matter.
struct ChangeProgress: Sendable {
    /// What is expected of one function.
    struct Part: Hashable, Sendable {
        /// The Deployment's generation that has the change; a state of an earlier one says nothing yet.
        let generation: Int64
        /// The mark that the pods must have.
        let mark: String?
        /// The nodes that they must be on; nil for any.
        let nodes: Set<String>?
    }

    /// What is known of one function.
    struct View: Sendable {
        /// Its Deployment; nil when there is none.
        let deployment: Deployment?
        /// Its pods.
        let pods: [Pod]
    }

    /// What to do now.
    enum Action: Hashable, Sendable {
        /// Wait for the next state, at most until this instant.
        case wait(until: MonotonicInstant)
        /// Take the change back, for this reason.
        case takeBack(because: String)
        /// It has come about.
        case finish
        /// It has been taken back, for this reason.
        case fail(because: String)
    }

    private enum Phase: Sendable {
        case comingAbout(deadline: MonotonicInstant)
        case toBeTakenBack(because: String)
        case goingBack(because: String, generations: [String: Int64], deadline: MonotonicInstant)
        case ended(Action)
    }

    private let settings: MapperSettings
    private let parts: [String: Part]
    private var phase: Phase
    /// Since when each obstacle has stood in the way.
    private var obstacles: [String: MonotonicInstant] = [:]

    /// A change that the server has had since `now`, by function.
    init(of parts: [String: Part], settings: MapperSettings, now: MonotonicInstant) {
        self.parts = parts
        self.settings = settings
        phase = .comingAbout(deadline: now.advanced(byNanoseconds: settings.changeNanoseconds))
    }

    /// What to do now that things are as in `views`, by function.
    mutating func step(_ views: [String: View], now: MonotonicInstant) -> Action {
        switch phase {
        case .comingAbout(let deadline): return comeAbout(views, deadline: deadline, now: now)
        case .toBeTakenBack(let reason): return .takeBack(because: reason)
        case .goingBack(let reason, let generations, let deadline):
            let isSettled = generations.allSatisfy { name, generation in
                views[name]?.deployment.map { $0.isAt(generation) && $0.isRolledOut } ?? true
            }
            guard isSettled || now >= deadline else { return .wait(until: deadline) }
            return end(.fail(because: reason + (isSettled ? "" : "; what was there before is not complete yet")))
        case .ended(let action): return action
        }
    }

    /// The server has taken the change back; the Deployments that there still are have these generations.
    mutating func takenBack(_ generations: [String: Int64], now: MonotonicInstant) {
        guard case .toBeTakenBack(let reason) = phase else { return }
        phase = .goingBack(
            because: reason, generations: generations, deadline: now.advanced(byNanoseconds: settings.changeNanoseconds)
        )
    }

    private mutating func end(_ action: Action) -> Action {
        phase = .ended(action)
        return action
    }

    private mutating func giveUp(_ reason: String) -> Action {
        phase = .toBeTakenBack(because: reason)
        return .takeBack(because: reason)
    }

    private mutating func comeAbout(
        _ views: [String: View], deadline: MonotonicInstant, now: MonotonicInstant
    ) -> Action {
        var missing: String?
        var standing: [String: MonotonicInstant] = [:]
        for (name, part) in parts.sorted(by: { $0.key < $1.key }) {
            guard let deployment = views[name]?.deployment else { return giveUp("deployment \(name) is gone") }
            switch part.judge(deployment, views[name]?.pods ?? []) {
            case .done: continue
            case .pending(let what): missing = missing ?? "\(name): \(what)"
            case .foreign: return giveUp("somebody else has changed deployment \(name) meanwhile")
            case .obstructed(let why):
                let since = obstacles[name] ?? now
                standing[name] = since
                if now.nanoseconds(since: since) >= settings.obstacleNanoseconds { return giveUp("\(name): \(why)") }
                missing = missing ?? "\(name): \(why)"
            }
        }
        obstacles = standing
        guard let missing else { return end(.finish) }
        guard now < deadline else { return giveUp("\(missing), after \(settings.changeSeconds) s") }
        let patience = standing.values.min()?.advanced(byNanoseconds: settings.obstacleNanoseconds)
        return .wait(until: min(deadline, patience ?? deadline))
    }
}

extension ChangeProgress.Part {
    /// How far one function has come.
    enum Standing: Hashable, Sendable {
        /// It is as it is to be.
        case done
        /// This is not there yet.
        case pending(String)
        /// This stands in the way, and may go away within moments or never.
        case obstructed(String)
        /// It is to be otherwise, by somebody else's will.
        case foreign
    }

    /// How far `deployment` with its `pods` has come.
    func judge(_ deployment: Deployment, _ pods: [Pod]) -> Standing {
        guard deployment.isAt(generation) else { return .pending("the change has not been seen yet") }
        guard deployment.mark == mark else { return .foreign }
        if let why = deployment.obstacle(among: pods, of: generation) { return .obstructed(why) }
        let present = deployment.present(among: pods)
        let wanted = deployment.spec.replicas ?? 1
        let ready = present.filter { pod in
            pod.isReady && (nodes.map { nodes in pod.spec.nodeName.map(nodes.contains) ?? false } ?? true)
        }
        guard ready.count >= wanted else { return .pending("\(ready.count) of \(wanted) new pods are ready") }
        return deployment.isRolledOut ? .done : .pending("the rollout is not complete")
    }
}

extension Deployment {
    /// Whether this state has the change that made `generation`.
    func isAt(_ generation: Int64) -> Bool { (metadata.generation ?? 0) >= generation }
    /// The mark of the pods to come.
    var mark: String? { spec.template?.metadata?.labels?[ManagedNames.placementLabel] }
    /// The pods of the present mark that are not on their way out.
    func present(among pods: [Pod]) -> [Pod] {
        pods.filter { $0.metadata.labels?[ManagedNames.placementLabel] == mark && $0.metadata.deletionTimestamp == nil }
    }
    /// What stands in the way of the pods to come, `pods` being all there are; nil for nothing. A refusal to make one
    /// counts when it speaks of `generation`, or of the present one.
    func obstacle(among pods: [Pod], of generation: Int64? = nil) -> String? {
        let present = present(among: pods)
        if let why = present.lazy.compactMap(\.unschedulableMessage).first {
            return "no node is found for its pod: \(why)"
        }
        if let failed = present.first(where: { $0.status.phase == "Failed" }) {
            return "pod \(failed.metadata.name) has failed"
        }
        guard status.isOf(generation ?? metadata.generation ?? 0), let failure else { return nil }
        return "its pod is not made: \(failure)"
    }
    /// Why pods cannot be made, where the server refuses them.
    var failure: String? {
        status.conditions?.first { $0.type == "ReplicaFailure" && $0.status == "True" }
            .map { $0.message ?? "no reason is given" }
    }
}

extension Deployment.Status {
    /// Whether it speaks of `generation` or a later one.
    func isOf(_ generation: Int64) -> Bool { (observedGeneration ?? 0) >= generation }
}
