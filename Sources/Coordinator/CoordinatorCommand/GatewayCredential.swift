import Foundation
import HTTPClient
import Settings

/// Who asks the gateway, from a file.
enum GatewayCredential {
    /// The credential in the file at `path`, one line USER:PASSWORD. Throws `SettingsError` that shows nothing of it.
    static func read(_ path: String) throws(SettingsError) -> HTTPCredential {
        let text = try named("workflows.credentials") {
            try String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(in: .newlines)
        }
        guard let colon = text.firstIndex(of: ":"), colon != text.startIndex, !text.contains(where: \.isNewline) else {
            throw SettingsError("workflows.credentials: \(path) must have one line, USER:PASSWORD")
        }
        return .basic(user: String(text[..<colon]), password: String(text[text.index(after: colon)...]))
    }
}
