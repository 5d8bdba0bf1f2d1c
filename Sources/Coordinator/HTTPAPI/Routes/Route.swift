import Dashboard
import HTTPTypes

/// One thing that can be asked or ordered over HTTP. Serving and the OpenAPI document both follow from it.
struct Route: Sendable {
    /// A part of the path.
    enum Segment: Hashable, Sendable {
        case literal(String)
        /// Stands for the field of that name.
        case field(String)
    }

    /// What carries it out.
    enum Work: Sendable {
        case health
        case readiness
        case metrics
        case document
        case events
        case page(DashboardFile)
        /// A verb of the query socket; the request's fields are its arguments.
        case verb(String, pages: Pages? = nil)
    }

    /// How a long list goes on.
    struct Pages: Sendable {
        /// The member of the answer that is the list.
        let list: String
        /// The member of the list's elements that the next page begins after.
        let cursor: String
        /// The number of elements of a page that has not been asked for in another length.
        let standard: Int
    }

    /// What is in the fields of a body.
    struct Body: Sendable {
        let fields: [Field]
        /// Of these names at least one must be there.
        var atLeastOne: [String] = []
        /// Whether there must be a body.
        var isRequired: Bool { !atLeastOne.isEmpty || fields.contains(where: \.isRequired) }
    }

    /// What a success is answered with.
    enum Answer: Sendable {
        case json(Schema)
        case text(mediaType: String)
    }

    let method: HTTPRequest.Method
    let path: [Segment]
    /// What programs call it, unique among the routes.
    let name: String
    /// One sentence.
    let summary: String
    let access: Access
    let pathFields: [Field]
    let query: [Field]
    let body: Body?
    let answer: Answer
    let work: Work

    /// The route of `method` and `path`, such as "/api/v1/nodes/{node}", every field of which stands in `pathFields`.
    init(
        _ method: HTTPRequest.Method, _ path: String, _ name: String, _ access: Access, _ work: Work,
        in pathFields: [Field] = [], query: [Field] = [], body: Body? = nil, answer: Answer, _ summary: String
    ) {
        self.method = method
        self.path = path.split(separator: "/").map { part in
            part.first == "{" ? .field(String(part.dropFirst().dropLast())) : .literal(String(part))
        }
        self.name = name
        self.access = access
        self.work = work
        self.pathFields = pathFields
        self.query = query
        self.body = body
        self.answer = answer
        self.summary = summary
    }

    /// The path with its fields in braces.
    var template: String {
        "/"
            + path.map { segment in
                switch segment {
                case .literal(let text): text
                case .field(let name): "{\(name)}"
                }
            }.joined(separator: "/")
    }

    /// The values of the path's fields where `segments` are a path of this route; nil where they are not.
    func match(_ segments: [String]) -> [String: String]? {
        guard segments.count == path.count else { return nil }
        var values: [String: String] = [:]
        for (part, segment) in zip(path, segments) {
            switch part {
            case .literal(let text): guard segment == text else { return nil }
            case .field(let name):
                guard !segment.isEmpty else { return nil }
                values[name] = segment
            }
        }
        return values
    }
}
