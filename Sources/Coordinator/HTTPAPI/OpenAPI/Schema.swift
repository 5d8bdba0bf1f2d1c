/// What values of a JSON document are like, as far as JSON Schema (2020-12) says it.
indirect enum Schema: Hashable, Sendable {
    /// A member of an object.
    struct Member: Hashable, Sendable {
        let name: String
        let schema: Schema
        let isRequired: Bool

        init(_ name: String, _ schema: Schema, required isRequired: Bool = true) {
            self.name = name
            self.schema = schema
            self.isRequired = isRequired
        }
    }

    case any
    case boolean
    case integer
    /// A number that is never below zero, as unsigned ones are.
    case count
    case number
    case string
    case choice([String])
    case array(Schema)
    /// An object whose members have names that nobody knows beforehand.
    case map(Schema)
    case object([Member])
    case oneOf([Schema])

    /// As JSON Schema writes it.
    var document: JSONValue {
        switch self {
        case .any: .object([:])
        case .boolean: .object(["type": .string("boolean")])
        case .integer: .object(["type": .string("integer")])
        case .count: .object(["type": .string("integer"), "minimum": .integer(0)])
        case .number: .object(["type": .string("number")])
        case .string: .object(["type": .string("string")])
        case .choice(let choices): .object(["type": .string("string"), "enum": .array(choices.map { .string($0) })])
        case .array(let element): .object(["type": .string("array"), "items": element.document])
        case .map(let value): .object(["type": .string("object"), "additionalProperties": value.document])
        case .oneOf(let schemas): .object(["anyOf": .array(schemas.map(\.document))])
        case .object(let members):
            .object([
                "type": .string("object"),
                "properties": .object(Dictionary(members.map { ($0.name, $0.schema.document) }) { $1 }),
                "required": .array(members.filter(\.isRequired).map { .string($0.name) }),
            ])
        }
    }
}

/// How the values that a request may bring along are written.
extension Field {
    /// As JSON Schema writes it.
    var schema: JSONValue {
        var members: [String: JSONValue] = ["description": .string(summary)]
        switch kind {
        case .text(let most):
            members["type"] = .string("string")
            members["maxLength"] = .integer(Int64(most))
        case .hexadecimal(let lengths):
            members["type"] = .string("string")
            members["pattern"] = .string("^[0-9a-f]{\(lengths.lowerBound),\(lengths.upperBound)}$")
        case .integer(let range):
            members["type"] = .string("integer")
            members["minimum"] = .integer(range.lowerBound)
            members["maximum"] = .integer(range.upperBound)
        case .number(let range):
            members["type"] = .string("number")
            members["minimum"] = .number(range.lowerBound)
            members["maximum"] = .number(range.upperBound)
        case .choice(let choices):
            members["type"] = .string("string")
            members["enum"] = .array(choices.map { .string($0) })
        case .workerURL:
            members["type"] = .string("string")
            members["pattern"] = .string("^http://[a-z0-9]{1,40}([.-][a-z0-9]{1,40}){0,5}:[1-9][0-9]{0,3}$")
        case .moment:
            members["type"] = .string("string")
            members["pattern"] = .string(Self.momentPattern)
        case .names(let most):
            members["type"] = .string("array")
            members["minItems"] = .integer(1)
            members["maxItems"] = .integer(Int64(most))
            members["items"] = .object([
                "type": .string("string"), "pattern": .string("^[^,]{1,253}$"),
            ])
        }
        return .object(members)
    }

    /// `HistoryMoment` as a pattern, fractions of a second and the distant past left out: each of these is taken.
    private static let momentPattern: String = {
        let ago = "-[0-9]{1,11}s|-[0-9]{1,9}m|-[0-9]{1,7}h|-[0-9]{1,6}d|-[0-9]{1,5}w"
        let days = "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8])"
        let time = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])"
        return "^(now|\(ago)|[0-9]{1,11}|20[0-9]{2}-(\(days))T\(time))$"
    }()
}
