import Dispatch
import Messaging
import Wire

/// The coordinator as a demo asks it.
protocol DemoCoordinator: Sendable {
    /// The JSON answer to `verb`. Throws `DemoCoordinatorError`.
    func ask(_ verb: String, _ arguments: [String: String]) async throws -> [UInt8]
}

/// Why the coordinator did not answer.
enum DemoCoordinatorError: Error, CustomStringConvertible {
    /// Nobody answers; it may come back.
    case away(String)
    /// It answered that it will not.
    case refused(String)

    var description: String {
        switch self {
        case .away(let sentence), .refused(let sentence): sentence
        }
    }
}

/// The coordinator behind its query socket.
struct QuerySocketCoordinator: DemoCoordinator {
    let socketPath: String
    let timeoutMilliseconds: Int

    func ask(_ verb: String, _ arguments: [String: String]) async throws -> [UInt8] {
        // The dealer blocks its thread, which must not be one of the few that tasks share.
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try answer(to: verb, arguments) }) }
        }
    }

    private func answer(to verb: String, _ arguments: [String: String]) throws -> [UInt8] {
        let query = Query(id: 1, verb: verb, arguments: arguments)
        let reply: Reply
        do {
            let dealer = try BlockingDealer(role: .localDealer(connect: "ipc://\(socketPath)"))
            reply = try dealer.ask(query.encoded(), timeoutMilliseconds: timeoutMilliseconds) { bytes in
                let reply = try Reply(decoding: bytes)
                return reply.id == query.id ? reply : nil
            }
        } catch let error as MessagingError {
            throw DemoCoordinatorError.away(error.description)
        }
        switch reply.outcome {
        case .json(let json): return json
        case .failure(_, let sentence): throw DemoCoordinatorError.refused(sentence)
        }
    }
}
