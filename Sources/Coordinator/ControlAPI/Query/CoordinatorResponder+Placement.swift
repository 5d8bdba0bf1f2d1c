import Placement
import Topology

/// What was decided, and the orders to those who decide.
extension CoordinatorResponder {
    /// An order that leaves out what it would take from a session, where there is none.
    private struct NoSession: Error, CustomStringConvertible {
        let description: String
    }

    func decisions(_ arguments: inout QueryArguments) throws -> DecisionsAnswer {
        let journal = try part(parts.journal, "store")
        let limit = Int(try arguments.integer("limit", in: 1...2_000, default: 20) ?? 20)
        let session = try arguments.integer("session", in: 1...Int64.max, default: nil)
        guard let after = try arguments.integer("after", in: 0...Int64.max, default: nil) else {
            return DecisionsAnswer(decisions: try journal.newest(limit: limit))
        }
        return DecisionsAnswer(decisions: try journal.decisions(after: after, limit: limit, session: session))
    }

    func explain(_ arguments: inout QueryArguments) throws -> DecisionJournal.Entry {
        let journal = try part(parts.journal, "store")
        if let sequence = try arguments.integer("decision", in: 1...Int64.max, default: nil) {
            guard let entry = try journal.decision(at: sequence) else {
                throw NotThere(sentence: "the journal has no decision \(sequence): reeve decisions lists those there are")
            }
            return entry
        }
        guard let newest = try journal.newest(limit: 1).first else {
            throw NotThere(sentence: "no decision has been taken yet")
        }
        return newest
    }

    func start(_ verb: String, _ arguments: inout QueryArguments) throws -> PolicyAnswer {
        let control = try placement()
        let present = control.status.session
        guard let scheduler = arguments.optionalString("scheduler") ?? present?.scheduler.rawValue else {
            throw NoSession(description: "\(verb) needs argument scheduler: there is no session yet whose scheduler could go on")
        }
        guard let scheduler = Scheduler(rawValue: scheduler) else {
            let known = Scheduler.allCases.map(\.rawValue).joined(separator: ", ")
            throw QueryArguments.BadArgument(sentence: "there is no scheduler \(scheduler): allowed is \(known)")
        }
        let preset = try arguments.string("preset", default: present?.preset ?? PlacementPreset.reeve.name)
        guard PlacementPreset.named(preset) != nil else {
            let known = PlacementPreset.all.map(\.name).joined(separator: ", ")
            throw QueryArguments.BadArgument(sentence: "there is no preset \(preset): allowed is \(known)")
        }
        let seed = try arguments.integer("seed", in: 0...Int64.max, default: present.map { Int64(clamping: $0.seed) }) ?? 1
        let steps = try arguments.integer("steps", in: 1...10_000_000, default: (present?.trainingSteps).map(Int64.init)) ?? 500
        let session = PlacementSession(
            scheduler: scheduler, preset: preset, seed: UInt64(seed), trainingSteps: Int(steps),
            mode: verb == "policy-start" ? .training : .frozen)
        control.start(session)
        return PolicyAnswer(control.status)
    }

    func change(_ order: (PlacementControl) -> Void) throws -> PolicyAnswer {
        let control = try placement()
        order(control)
        return PolicyAnswer(control.status)
    }

    /// Goes on with what a release or a pause has stopped.
    func resume() throws -> PolicyAnswer {
        guard let harvest = parts.harvest else { return try change { $0.resume() } }
        harvest.resume()
        return PolicyAnswer(parts.placement.map { control in
            control.resume()
            return control.status
        } ?? .idle)
    }

    func release(_ arguments: inout QueryArguments) async throws -> ReleaseAnswer {
        let functions = try arguments.optionalNames("functions")
        try arguments.finish()
        if functions == nil, let limits = await releaseLimits() {
            guard parts.placement != nil, let desk = parts.release else {
                return ReleaseAnswer(released: [], untouched: [], failed: [], limits: limits)
            }
            var answer = try await desk.carryOut([])
            answer.limits = limits
            return answer
        }
        _ = try placement()
        guard let desk = parts.release else {
            throw NotThere(
                sentence: "there is nothing to release: a simulated cluster does not keep what was found on it")
        }
        return try await desk.carryOut((functions ?? []).map { FunctionName($0) })
    }

    /// Has harvesting give everything back and lend nothing more; returns what to tell of it, nil where nothing is harvested.
    private func releaseLimits() async -> String? {
        guard let harvest = parts.harvest, harvest.mode == .act else { return nil }
        harvest.pause()
        let obstacle = await parts.restoreLimits?()
        return obstacle ?? "what was lent goes back, and nothing is lent until reeve resume"
    }
}
