import FoundationEssentials

/// How a request's fields become the arguments of a verb. What no field is called is refused, as a misspelt one would
/// otherwise silently do nothing.
extension Route {
    /// The arguments of a request with these values in its path and query, and this body, empty where there is none.
    func arguments(
        path: [String: String], query values: [String: String], body bytes: [UInt8]
    ) throws(Problem) -> [String: String] {
        var arguments: [String: String] = [:]
        for field in pathFields {
            guard let text = path[field.name] else { continue }
            arguments[field.name] = try field.argument(text: text)
        }
        try take(values, of: query, into: &arguments)
        for (name, argument) in try bodyArguments(bytes) { arguments[name] = argument }
        return arguments
    }

    private func take(
        _ values: [String: String], of fields: [Field], into arguments: inout [String: String]
    ) throws(Problem) {
        let known = fields.map(\.name)
        if let unknown = values.keys.filter({ !known.contains($0) }).min() { throw Self.unknown(unknown, in: "query", known) }
        for field in fields {
            if let text = values[field.name] {
                arguments[field.name] = try field.argument(text: text)
            } else if field.isRequired {
                throw .badRequest("\(field.name) is missing: it must stand in the query")
            }
        }
    }

    private func bodyArguments(_ bytes: [UInt8]) throws(Problem) -> [String: String] {
        guard let body else {
            guard bytes.isEmpty else { throw .badRequest("\(method) \(template) takes no body") }
            return [:]
        }
        if bytes.isEmpty, !body.isRequired { return [:] }
        let members = try Self.members(bytes)
        let known = body.fields.map(\.name)
        if let unknown = members.keys.filter({ !known.contains($0) }).min() { throw Self.unknown(unknown, in: "body", known) }
        var arguments: [String: String] = [:]
        for field in body.fields {
            if let value = members[field.name] {
                arguments[field.name] = try field.argument(value)
            } else if field.isRequired {
                throw .badRequest("\(field.name) is missing: it must stand in the body")
            }
        }
        guard body.atLeastOne.isEmpty || body.atLeastOne.contains(where: { arguments[$0] != nil }) else {
            throw .badRequest("at least one of \(body.atLeastOne.joined(separator: ", ")) must stand in the body")
        }
        return arguments
    }

    private static func members(_ bytes: [UInt8]) throws(Problem) -> [String: JSONValue] {
        do {
            return try JSONDecoder().decode([String: JSONValue].self, from: Data(bytes))
        } catch {
            throw .badRequest("the body is no JSON object")
        }
    }

    private static func unknown(_ name: String, in place: String, _ known: [String]) -> Problem {
        let allowed = known.isEmpty ? "nothing" : known.joined(separator: ", ")
        return .badRequest("\(name.prefix(100)) in the \(place) is not known: allowed is \(allowed)")
    }
}
