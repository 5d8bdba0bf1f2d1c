import HTTPTypes

/// What a request is answered with.
struct HTTPAnswer: Sendable {
    /// What follows the head.
    enum Body: Sendable {
        case bytes([UInt8])
        case events(EventStream)
    }

    var status: HTTPResponse.Status
    var fields: HTTPFields
    var body: Body

    /// Some bytes of `mediaType`.
    init(status: HTTPResponse.Status = .ok, mediaType: String, _ bytes: [UInt8], fields: HTTPFields = [:]) {
        self.status = status
        self.fields = fields
        self.fields[.contentType] = mediaType
        body = .bytes(bytes)
    }

    /// JSON text.
    static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> HTTPAnswer {
        HTTPAnswer(status: status, mediaType: "application/json", bytes)
    }

    /// Why there is no other answer.
    init(_ problem: Problem) {
        self.init(
            status: problem.code.status, mediaType: Problem.mediaType, problem.document.bytes, fields: problem.fields)
    }

    /// A stream of events.
    init(_ events: EventStream) {
        status = .ok
        fields = [.contentType: "text/event-stream"]
        body = .events(events)
    }

    /// With an entity tag; without the body where `field`, an If-None-Match, names it.
    func tagged(unless field: String?) -> HTTPAnswer {
        guard case .bytes(let bytes) = body, status == .ok else { return self }
        let tag = EntityTag(of: bytes)
        var answer = self
        answer.fields[.eTag] = tag.description
        if tag.isNamed(in: field) {
            answer.status = .notModified
            answer.fields[.contentType] = nil
            answer.body = .bytes([])
        }
        return answer
    }
}
