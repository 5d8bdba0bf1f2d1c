import HTTPTypes

/// What can be asked, for programs: an OpenAPI document, version 3.1, made of the routes that are served.
struct OpenAPIDocument: Sendable {
    let json: JSONValue

    /// The document of `table`, served by a coordinator of `version`; `guardsReading` says whether reading needs a token.
    init(table: RouteTable, version: String, guardsReading: Bool) {
        var paths: [String: JSONValue] = [:]
        for route in table.routes {
            var operations: [String: JSONValue] = [:]
            if case .object(let known)? = paths[route.template] { operations = known }
            operations[route.method.rawValue.lowercased()] = route.operation(guardsReading: guardsReading)
            paths[route.template] = .object(operations)
        }
        json = .object([
            "openapi": .string("3.1.0"),
            "info": .object([
                "title": .string("reeve-coordinator"), "version": .string(version),
                "description": .string(
                    "What the coordinator knows and can be told: the verbs of its query socket, over HTTP. Values carry "
                        + "their unit in their name; what is absent is not known."),
            ]),
            "paths": .object(paths),
            "components": .object([
                "securitySchemes": .object([
                    "token": .object([
                        "type": .string("http"), "scheme": .string("bearer"),
                        "description": .string("The readers' token or the admins'; changes need the admins'."),
                    ])
                ]),
                "schemas": .object(["Problem": Self.problem]),
            ]),
        ])
    }

    /// What every failure is told with (RFC 9457).
    private static var problem: JSONValue {
        Schema.object([
            .init("type", .string), .init("title", .string), .init("status", .integer), .init("detail", .string),
            .init("code", .choice(Problem.Code.allCases.map(\.rawValue))),
        ]).document
    }
}

extension Route {
    /// How OpenAPI writes the route.
    fileprivate func operation(guardsReading: Bool) -> JSONValue {
        var members: [String: JSONValue] = [
            "operationId": .string(name), "summary": .string(summary), "responses": .object(responses),
        ]
        let parameters = pathFields.map { parameter($0, in: "path") } + query.map { parameter($0, in: "query") }
        if !parameters.isEmpty { members["parameters"] = .array(parameters) }
        if let body { members["requestBody"] = body.document }
        if needsToken(guardsReading) { members["security"] = .array([.object(["token": .array([])])]) }
        return .object(members)
    }

    private func needsToken(_ guardsReading: Bool) -> Bool {
        switch access {
        case .open: false
        case .read: guardsReading
        case .change: true
        }
    }

    private func parameter(_ field: Field, in place: String) -> JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(field.name), "in": .string(place), "description": .string(field.summary),
            "required": .boolean(place == "path" || field.isRequired), "schema": field.schema,
        ]
        if case .names = field.kind {
            members["style"] = .string("form")
            members["explode"] = .boolean(false)
        }
        return .object(members)
    }

    private var responses: [String: JSONValue] {
        var responses = [
            "200": success("What was asked for."),
            "default": content("Why there is no other answer.", Problem.mediaType, ["$ref": .string("#/components/schemas/Problem")]),
        ]
        if method == .get, !isStream {
            responses["304"] = .object(["description": .string("What If-None-Match names still holds.")])
        }
        if case .readiness = work { responses["503"] = success("A part is not ready.") }
        return responses
    }

    private var isStream: Bool { if case .events = work { true } else { false } }

    private func success(_ text: String) -> JSONValue {
        switch answer {
        case .json(let schema):
            .object([
                "description": .string(text),
                "content": .object(["application/json": .object(["schema": schema.document])]),
            ])
        case .text(let mediaType): content(text, mediaType, ["type": .string("string")])
        }
    }

    private func content(_ text: String, _ mediaType: String, _ schema: [String: JSONValue]) -> JSONValue {
        .object([
            "description": .string(text),
            "content": .object([mediaType: .object(["schema": .object(schema)])]),
        ])
    }
}

extension Route.Body {
    fileprivate var document: JSONValue {
        var schema: [String: JSONValue] = [
            "type": .string("object"),
            "properties": .object(Dictionary(fields.map { ($0.name, $0.schema) }) { $1 }),
            "required": .array(fields.filter(\.isRequired).map { .string($0.name) }),
            "additionalProperties": .boolean(false),
        ]
        if !atLeastOne.isEmpty {
            schema["anyOf"] = .array(atLeastOne.map { .object(["required": .array([.string($0)])]) })
        }
        return .object([
            "required": .boolean(isRequired),
            "content": .object(["application/json": .object(["schema": .object(schema)])]),
        ])
    }
}
