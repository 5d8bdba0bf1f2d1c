import FoundationEssentials
import Placement

/// What a demo says to the coordinator and hears from it. While the coordinator is away it waits and asks again.
struct DemoConversation: Sendable {
    /// Decisions asked for at a time: an answer stays well below what a message may hold.
    static let decisionsPerPage = 100

    let coordinator: any DemoCoordinator
    /// Waits a moment before the next question; throws `CancellationError` when the demo is to end.
    let pause: @Sendable () async throws -> Void
    /// Is told when the coordinator stops answering, and when it answers again.
    let note: @Sendable (String) -> Void

    /// Waits until `count` nodes are known, each with fresh metrics.
    func waitForNodes(_ count: Int) async throws {
        while true {
            let answer = try await ask("nodes", as: DemoAnswers.Nodes.self)
            if answer.nodes.count(where: { $0.state == "known" }) >= count { return }
            try await pause()
        }
    }

    /// Orders a session and waits until it has begun; returns its number. `begin` puts the world into its starting state
    /// and runs before each attempt, for an order whose answer was lost may have been carried out.
    func start(
        _ scheduler: Scheduler, _ phase: DarlyPhase, preset: String, seed: UInt64, steps: Int, begin: () -> Void
    ) async throws -> Int64 {
        let verb = phase == .training ? "policy-start" : "policy-evaluate"
        let mode = phase == .training ? "training" : "frozen"
        let arguments = [
            "scheduler": scheduler.rawValue, "preset": preset, "seed": String(seed), "steps": String(steps),
        ]
        let previous = try await ask("policy", as: DemoAnswers.Policy.self).session.id
        attempts: while true {
            begin()
            do {
                _ = try await coordinator.ask(verb, arguments)
            } catch DemoCoordinatorError.away {
                // Whether the order arrived is not known; the session's number will tell.
            }
            while true {
                let session = try await ask("policy", as: DemoAnswers.Policy.self).session
                if let id = session.id, id != previous, session.scheduler == scheduler.rawValue, session.mode == mode {
                    return id
                }
                if session.state == "idle", session.scheduler == scheduler.rawValue, let failure = session.lastFailure {
                    throw DemoCoordinatorError.refused("\(scheduler.rawValue) cannot be run: \(failure)")
                }
                // The order was lost, or the coordinator died between taking it and noting it down.
                let isLost = session.id == previous && session.state != "running"
                try await pause()
                if isLost { continue attempts }
            }
        }
    }

    /// Waits until session `id` has come to its end; `look` is told its status each time it was asked for.
    func waitForEnd(of id: Int64, look: (DemoAnswers.Policy.Session) -> Void) async throws {
        while true {
            let session = try await ask("policy", as: DemoAnswers.Policy.self).session
            look(session)
            if session.id == id, session.state == "exhausted" { return }
            if let other = session.id, other != id {
                throw DemoCoordinatorError.refused("session \(id) was replaced by session \(other), which the demo did not order")
            }
            try await pause()
        }
    }

    /// Every decision of session `id` in its order.
    func decisions(of id: Int64) async throws -> [DecisionRecord] {
        var records: [DecisionRecord] = []
        // A session's decisions come after the journal's record of its beginning, whose place is its number.
        var after = id
        while true {
            let page = try await ask(
                "decisions", ["after": String(after), "limit": String(Self.decisionsPerPage), "session": String(id)],
                as: DemoAnswers.Decisions.self
            ).decisions
            guard let last = page.last else { return records }
            records += page.map(\.record)
            after = last.sequence
        }
    }

    private func ask<Answer: Decodable>(
        _ verb: String, _ arguments: [String: String] = [:], as type: Answer.Type
    ) async throws -> Answer {
        var isAway = false
        while true {
            do {
                let json = try await coordinator.ask(verb, arguments)
                if isAway { note("the coordinator answers again") }
                return try JSONDecoder().decode(type, from: Data(json))
            } catch DemoCoordinatorError.away(let sentence) {
                if !isAway { note("the coordinator does not answer (\(sentence)); waiting for it") }
                isAway = true
                try await pause()
            }
        }
    }
}
