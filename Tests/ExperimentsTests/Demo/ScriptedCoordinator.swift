import Synchronization

@testable import Experiments

/// A coordinator that answers from a script, in the order of asking.
final class ScriptedCoordinator: DemoCoordinator {
    enum Answer {
        case json(String)
        case away
        case refused(String)
    }

    struct Script {
        var answers: [Answer]
        var asked: [String] = []
    }

    let script: Mutex<Script>

    init(_ answers: [Answer]) { script = Mutex(Script(answers: answers)) }

    /// What was asked, each with its arguments in the order of their names.
    var asked: [String] { script.withLock { $0.asked } }

    func ask(_ verb: String, _ arguments: [String: String]) async throws -> [UInt8] {
        let text = ([verb] + arguments.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }).joined(separator: " ")
        let answer = script.withLock { script in
            script.asked.append(text)
            return script.answers.isEmpty ? .refused("the script is over") : script.answers.removeFirst()
        }
        switch answer {
        case .json(let text): return Array(text.utf8)
        case .away: throw DemoCoordinatorError.away("nobody there")
        case .refused(let sentence): throw DemoCoordinatorError.refused(sentence)
        }
    }
}
