import Learning
import Placement

/// Chooses what it is told to, in order, then stays, and remembers what it was taught.
final class ScriptedPolicy: Policy {
    private var script: [Int]
    private let stay: Int
    private(set) var learnt: [Transition] = []

    init(_ texts: [String], in space: any ActionSpace) {
        script = texts.compactMap { text in space.actions.firstIndex { $0.description == text } }
        stay = space.actions.count - 1
    }

    func decide(_: [Float], allowed: ActionMask) -> PolicyChoice {
        PolicyChoice(action: script.isEmpty ? stay : script.removeFirst())
    }

    func learn(_ transition: Transition) { learnt.append(transition) }
}
