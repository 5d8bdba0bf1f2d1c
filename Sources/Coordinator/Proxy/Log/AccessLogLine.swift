/// What a request leaves in the access log.
struct AccessLogLine: Hashable, Sendable {
    let client: String
    let method: String
    let target: String
    let isVersion11: Bool
    let status: Int
    let bytes: Int
    let worker: String?
    let function: String
    let requestID: String?
    let seconds: Double
    let userAgent: String?
    let referrer: String?

    /// The line, without its end; `at` is the time of day, in seconds since 1970.
    func text(_ format: AccessLogSettings.Format, at time: Double) -> String {
        switch format {
        case .json: json(at: time)
        case .combined: combined(at: time)
        }
    }

    private func json(at time: Double) -> String {
        var line = "{\"time\":\(Self.rounded(time)),\"client\":\(Self.quoted(client)),\"method\":\(Self.quoted(method))"
        line += ",\"target\":\(Self.quoted(target)),\"status\":\(status),\"bytes\":\(bytes)"
        line += ",\"seconds\":\(Self.microseconds(seconds)),\"function\":\(Self.quoted(function))"
        if let worker { line += ",\"worker\":\(Self.quoted(worker))" }
        if let requestID { line += ",\"request\":\(Self.quoted(requestID))" }
        if let userAgent { line += ",\"agent\":\(Self.quoted(userAgent))" }
        return line + "}"
    }

    private func combined(at time: Double) -> String {
        let version = isVersion11 ? "HTTP/1.1" : "HTTP/1.0"
        return "\(client) - - [\(UTCTime(secondsSince1970: time).commonLog)] "
            + "\(Self.quoted("\(method) \(target) \(version)")) \(status) \(bytes) \(Self.quoted(referrer ?? "-")) "
            + "\(Self.quoted(userAgent ?? "-")) \(Self.quoted(worker ?? "-")) \(Self.microseconds(seconds))"
    }

    private static func rounded(_ seconds: Double) -> Double { (seconds * 1e3).rounded() / 1e3 }

    private static func microseconds(_ seconds: Double) -> Double { (seconds * 1e6).rounded() / 1e6 }

    /// As a JSON string; what comes from outside cannot end the line or the string.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..."\u{1f}", "\u{7f}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
