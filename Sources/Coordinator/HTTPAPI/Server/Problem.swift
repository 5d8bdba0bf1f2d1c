import HTTPTypes

/// Why a request was not carried out: what the client gets as `application/problem+json` (RFC 9457), with a code for
/// programs and a sentence for people.
struct Problem: Error, Hashable, Sendable {
    /// The media type of what is sent.
    static let mediaType = "application/problem+json"

    /// The code that programs go by; codes may be added.
    enum Code: String, Sendable, CaseIterable {
        case badRequest = "bad-request"
        case unauthorized
        case forbidden
        case notFound = "not-found"
        case methodNotAllowed = "method-not-allowed"
        case notCarriedOut = "not-carried-out"
        case tooLarge = "too-large"
        case notJSON = "not-json"
        case misdirected
        case tooManyRequests = "too-many-requests"
        case unavailable

        /// The status that goes with it (RFC 9110, section 15).
        var status: HTTPResponse.Status {
            switch self {
            case .badRequest: .badRequest
            case .unauthorized: .unauthorized
            case .forbidden: .forbidden
            case .notFound: .notFound
            case .methodNotAllowed: .methodNotAllowed
            case .notCarriedOut: .conflict
            case .tooLarge: .contentTooLarge
            case .notJSON: .unsupportedMediaType
            case .misdirected: .misdirectedRequest
            case .tooManyRequests: .tooManyRequests
            case .unavailable: .serviceUnavailable
            }
        }
    }

    let code: Code
    /// What was wrong and what is allowed.
    let sentence: String
    /// Further fields of the answer.
    var fields: HTTPFields = [:]

    init(_ code: Code, _ sentence: String, fields: HTTPFields = [:]) {
        self.code = code
        self.sentence = sentence
        self.fields = fields
    }

    static func badRequest(_ sentence: String) -> Problem { Problem(.badRequest, sentence) }

    static func unauthorized(_ sentence: String) -> Problem {
        Problem(.unauthorized, sentence, fields: [.wwwAuthenticate: "Bearer realm=\"reeve\""])
    }

    static func forbidden(_ sentence: String) -> Problem { Problem(.forbidden, sentence) }

    static func misdirected(_ sentence: String) -> Problem { Problem(.misdirected, sentence) }

    static func tooManyRequests(_ sentence: String, retryAfterSeconds: Int) -> Problem {
        Problem(.tooManyRequests, sentence, fields: [.retryAfter: "\(max(retryAfterSeconds, 1))"])
    }

    /// The members of RFC 9457, section 3.1, and the code. The type is "about:blank", because the status says what kind of
    /// problem it is and the code tells those of one status apart.
    var document: JSONValue {
        .object([
            "type": .string("about:blank"), "title": .string(code.status.reasonPhrase),
            "status": .integer(Int64(code.status.code)), "detail": .string(sentence), "code": .string(code.rawValue),
        ])
    }
}
