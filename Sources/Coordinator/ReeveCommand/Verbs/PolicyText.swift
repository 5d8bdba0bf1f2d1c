import ControlAPI
import Reports

/// How a session is told in one line.
enum PolicyText {
    /// The line.
    static func line(of session: PolicyAnswer.Session) -> String {
        guard let scheduler = session.scheduler else { return "placement: \(session.state)" }
        var text = "placement: \(session.state), scheduler \(scheduler)"
        if let mode = session.mode { text += ", \(mode)" }
        if let preset = session.preset { text += ", preset \(preset)" }
        if let seed = session.seed { text += ", seed \(seed)" }
        text += ", \(session.served) of \(session.requests) requests on target"
        if let steps = session.steps { text += ", \(steps) steps learnt" }
        if session.epsilon != nil { text += ", epsilon \(NumberText.fixed(session.epsilon, decimals: 3))" }
        if let restored = session.restored { text += ", restored \(restored)" }
        if let failure = session.lastFailure { text += "\nlast failure: \(failure)" }
        return text
    }
}
