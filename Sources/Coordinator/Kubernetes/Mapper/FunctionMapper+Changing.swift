import Cluster
import Logging
import Measures
import Topology

/// One function's part in a change that the server has.
private struct MadeChange {
    var part: ChangeProgress.Part
    /// Puts back what was there; returns the Deployment's generation then, or nil when there is nothing to put back any
    /// more.
    var undo: @Sendable () async throws -> Int64?
    /// What stays noted when the change stays.
    var keptAfter: @Sendable (ManagedDeployment) -> FoundState
    /// What stays noted when it does not: what was before, unless somebody else came in between.
    var keptBefore: @Sendable (ManagedDeployment) -> FoundState
}

extension FunctionMapper {
    /// Brings each of `deployments` to the placement that `placement` wants of it, all or none; returns once all serve.
    func place(
        _ deployments: [ManagedDeployment], on nodes: Set<String>?, as what: String,
        clearing: Bool = false, _ placement: @escaping @Sendable (ManagedDeployment) -> ManagedDeployment.Placement
    ) async throws {
        try await carryOut(deployments, what, "Placed") { deployment in
            try await self.make(deployment, what, nodes, clearing, placement)
        }
    }

    /// Gives each of `deployments` `replicas` pods, all or none; returns once all serve.
    func resize(_ deployments: [ManagedDeployment], to replicas: Int, as what: String) async throws {
        try await carryOut(deployments, what, "Scaled") { deployment in
            try await self.makeScale(deployment, replicas, what)
        }
    }

    /// Makes a change of each of `deployments` and follows it to its end, which is told under `reason` when it is a
    /// good one.
    private func carryOut(
        _ deployments: [ManagedDeployment], _ what: String, _ reason: String,
        _ make: (ManagedDeployment) async throws -> MadeChange
    ) async throws {
        var made: [FunctionName: MadeChange] = [:]
        do {
            for deployment in deployments where made[deployment.function] == nil {
                let function = deployment.function
                made[function] = try await make(deployment)
                logger.debug("the server has a change", metadata: ["change": "\(what)", "function": "\(function)"])
            }
        } catch {
            // What the others have is taken back, also when the task is cancelled: all or none.
            let begun = made
            await Task { await self.takeBackQuietly(begun) }.value
            throw error
        }
        do {
            try await follow(made, what)
        } catch let error as ClusterError {
            await tell(made.keys, "TakenBack", error.description, isNormal: false)
            throw error
        }
        await tell(made.keys, reason, "\(what): every pod serves", isNormal: true)
    }

    /// Between two tries to take a change back from a server that does not answer, in nanoseconds.
    private static let takeBackPauseNanoseconds: UInt64 = 1_000_000_000

    private func follow(_ made: [FunctionName: MadeChange], _ what: String) async throws {
        let parts = Dictionary(uniqueKeysWithValues: made.map { ($0.key.rawValue, $0.value.part) })
        var progress = ChangeProgress(of: parts, settings: settings, now: time.now)
        var tried = 0
        while true {
            let count = changes
            let views = Dictionary(uniqueKeysWithValues: parts.keys.map { ($0, view(of: $0)) })
            switch progress.step(views, now: time.now) {
            case .wait(let deadline): try await wait(since: count, until: deadline)
            case .takeBack(let reason):
                logger.warning("a change is taken back", metadata: ["change": "\(what)", "reason": "\(reason)"])
                tried += 1
                do {
                    progress.takenBack(try await takeBack(made), now: time.now)
                } catch let error as ClusterError where error.code == .unreachable && tried < settings.tries {
                    let later = time.now.advanced(byNanoseconds: Self.takeBackPauseNanoseconds)
                    while time.now < later { try await wait(since: changes, until: later) }
                }
            case .finish:
                for (function, change) in made { await tidyQuietly(function, change.keptAfter) }
                return
            case .fail(let reason):
                for (function, change) in made { await tidyQuietly(function, change.keptBefore) }
                throw ClusterError(.refused, "\(what) was taken back because of \(reason)")
            }
        }
    }

    private func takeBack(_ made: [FunctionName: MadeChange]) async throws -> [String: Int64] {
        var generations: [String: Int64] = [:]
        for (function, change) in made { generations[function.rawValue] = try await change.undo() }
        return generations
    }

    private func takeBackQuietly(_ made: [FunctionName: MadeChange]) async {
        for (function, change) in made {
            do {
                _ = try await change.undo()
            } catch {
                logger.error(
                    "a change cannot be taken back; release the function when the cluster answers again",
                    metadata: ["function": "\(function)", "error": "\(error)"])
            }
            await tidyQuietly(function, change.keptBefore)
        }
    }

    private func make(
        _ deployment: ManagedDeployment, _ what: String, _ nodes: Set<String>?, _ clearing: Bool,
        _ placement: @Sendable (ManagedDeployment) -> ManagedDeployment.Placement
    ) async throws -> MadeChange {
        let function = deployment.function
        let (before, after) = try await written(function, what, from: deployment) { $0.patch(to: placement($0)) }
        let (old, new) = (before.placement, after.placement)
        let kept = before.state ?? FoundState()
        return MadeChange(
            part: ChangeProgress.Part(generation: after.generation, mark: after.mark, nodes: nodes),
            undo: { try await self.undo(function, what) { $0.patch(from: new, backTo: old) } },
            keptAfter: { now in
                var kept = now.state ?? FoundState()
                if clearing { kept.affinity = nil }
                return kept
            },
            keptBefore: { $0.placement == old ? kept : $0.state ?? FoundState() })
    }

    private func makeScale(
        _ deployment: ManagedDeployment, _ replicas: Int, _ what: String
    ) async throws -> MadeChange {
        let function = deployment.function
        let (before, noted) = try await written(function, what, from: deployment) { $0.patch(notingReplicas: replicas) }
        let (old, kept) = (before.replicas, before.state ?? FoundState())
        let keptBefore: @Sendable (ManagedDeployment) -> FoundState = {
            $0.replicas == old ? kept : $0.state ?? FoundState()
        }
        let after: ManagedDeployment
        do {
            try await scaleTo(replicas, function)
            after = try await self.deployment(function)
        } catch {
            await Task { await self.tidyQuietly(function, keptBefore) }.value
            throw error
        }
        return MadeChange(
            part: ChangeProgress.Part(generation: after.generation, mark: noted.mark, nodes: nil),
            undo: { try await self.unscale(function, from: replicas, to: old) },
            keptAfter: { $0.state ?? FoundState() }, keptBefore: keptBefore)
    }

    /// Scales back, unless somebody else has scaled meanwhile or taken the Deployment away.
    private func unscale(_ function: FunctionName, from replicas: Int, to old: Int) async throws -> Int64? {
        do {
            let present = try await deployment(function)
            guard present.replicas == replicas else { return nil }
            try await scaleTo(old, function)
            return try await deployment(function).generation
        } catch let error as ClusterError where error.code == .unknownSubject {
            return nil
        }
    }

    private func scaleTo(_ replicas: Int, _ function: FunctionName) async throws {
        try await ask { () throws(KubernetesError) in
            _ = try await client.scale(function.rawValue, in: settings.namespace, to: replicas)
        }
    }

    /// Writes what `patch` makes of `known`, or of the present state where none is, and anew when somebody else was
    /// quicker; returns the state that it was made of and the one that came of it, which are the same when there is
    /// nothing to write.
    private func written(
        _ function: FunctionName, _ what: String, from known: ManagedDeployment? = nil,
        _ patch: @Sendable (ManagedDeployment) -> JSONValue?
    ) async throws -> (before: ManagedDeployment, after: ManagedDeployment) {
        var tried = 0
        var known = known
        var last: ManagedDeployment?
        while true {
            tried += 1
            let before: ManagedDeployment
            if let known { before = known } else { before = try await deployment(function) }
            known = nil
            // A conflict may be with this very patch, when its answer was lost and it was sent again.
            guard let change = patch(before) else { return (last ?? before, before) }
            last = before
            do throws(KubernetesError) {
                let json: JSONValue = try await client.patch(
                    .deployments, named: function.rawValue, in: settings.namespace, with: .strategicMerge(change))
                return (before, try ManagedDeployment(json, of: what))
            } catch {
                guard error.code == .conflict, tried < settings.tries else {
                    return try await ask { () throws(KubernetesError) in throw error }
                }
            }
        }
    }

    /// Writes what `patch` makes of the present state; returns the generation then, or nil when that is nothing.
    private func undo(
        _ function: FunctionName, _ what: String, _ patch: @Sendable (ManagedDeployment) -> JSONValue?
    ) async throws -> Int64? {
        do {
            let (before, after) = try await written(function, what, patch)
            return after.generation == before.generation ? nil : after.generation
        } catch let error as ClusterError where error.code == .unknownSubject {
            return nil
        }
    }

    /// Clears up after what has come about or been taken back, which it is either way: what is not cleared up now is
    /// with the next change, or at release.
    private func tidyQuietly(
        _ function: FunctionName, _ kept: @escaping @Sendable (ManagedDeployment) -> FoundState
    ) async {
        do {
            try await tidy(function, kept)
        } catch {
            logger.warning(
                "a function is not cleared up after yet",
                metadata: ["function": "\(function)", "error": "\(error)"])
        }
    }

    /// Clears up on `function`, which then has noted only what `kept` says; there may be no such Deployment any more.
    func tidy(_ function: FunctionName, _ kept: @escaping @Sendable (ManagedDeployment) -> FoundState) async throws {
        do {
            _ = try await written(function, "clearing up") { $0.patch(keeping: kept($0)) }
        } catch let error as ClusterError where error.code == .unknownSubject {
            return
        }
    }
}

extension ManagedDeployment {
    /// Reads what the server made of a patch, whose note is reeve's own.
    fileprivate init(_ json: JSONValue, of what: String) throws(KubernetesError) {
        do throws(ClusterError) {
            self = try ManagedDeployment(json)
        } catch {
            throw KubernetesError(.invalidAnswer, "\(what): \(error)", mayHaveBeenDone: true)
        }
    }
}
