/// Learns from a type how its values are coded, by letting it decode itself from nothing and noting what it asks for. So the
/// document cannot say anything else than what is sent.
enum SchemaRecorder {
    /// Why a type cannot tell.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// How values of `type` are coded, and one that its own decoding has made of nothing.
    static func record<Value: Decodable>(_ type: Value.Type) throws -> (schema: Schema, value: Value) {
        if let special = try simple(type) { return special }
        if let list = type as? any RecordedCollection.Type { return (try list.recordedSchema(), try cast(list.nothing)) }
        if let choice = type as? any (CaseIterable & RawRepresentable).Type, let special = try cases(choice) {
            return (special.schema, try cast(special.value))
        }
        let note = Note()
        let value = try Value(from: Recorder(note: note))
        return (note.schema, value)
    }

    private static func simple<Value>(_ type: Value.Type) throws -> (Schema, Value)? {
        switch type {
        case is Bool.Type: (.boolean, try cast(false))
        case is String.Type: (.string, try cast(""))
        case is Double.Type: (.number, try cast(0.0))
        case is Float.Type: (.number, try cast(Float(0)))
        case let type as any (FixedWidthInteger & SignedInteger).Type: (.integer, try cast(type.zero))
        case let type as any (FixedWidthInteger & UnsignedInteger).Type: (.count, try cast(type.zero))
        default: nil
        }
    }

    private static func cases<Choice: CaseIterable & RawRepresentable>(
        _ type: Choice.Type
    ) throws -> (schema: Schema, value: Choice)? {
        let names = Choice.allCases.compactMap { $0.rawValue as? String }
        guard let first = Choice.allCases.first, !names.isEmpty else { return nil }
        return (.choice(names), first)
    }

    private static func cast<From, To>(_ value: From) throws -> To {
        guard let value = value as? To else { throw Failure(description: "\(From.self) is no \(To.self)") }
        return value
    }

    /// What one value has been asked for.
    private final class Note {
        var single: Schema?
        var members: [Schema.Member] = []
        /// The member that was last asked for as one that may be absent.
        var optional: String?

        var schema: Schema { single ?? .object(members) }
    }

    private struct Recorder: Decoder {
        let note: Note
        var codingPath: [any CodingKey] { [] }
        var userInfo: [CodingUserInfoKey: Any] { [:] }

        func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
            KeyedDecodingContainer(Members(note: note))
        }

        func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
            throw Failure(description: "only lists of the standard library can be recorded")
        }

        func singleValueContainer() -> any SingleValueDecodingContainer { Single(note: note) }
    }

    private struct Single: SingleValueDecodingContainer {
        let note: Note
        var codingPath: [any CodingKey] { [] }

        func decodeNil() -> Bool { false }

        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            let (schema, value) = try record(type)
            note.single = schema
            return value
        }
    }

    private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let note: Note
        var codingPath: [any CodingKey] { [] }
        var allKeys: [Key] { [] }

        func contains(_ key: Key) -> Bool { true }

        /// Asked only for members that may be absent, right before they are decoded.
        func decodeNil(forKey key: Key) -> Bool {
            note.optional = key.stringValue
            return false
        }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            let (schema, value) = try record(type)
            note.members.append(Schema.Member(key.stringValue, schema, required: note.optional != key.stringValue))
            return value
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) throws -> KeyedDecodingContainer<Nested> {
            let nested = Note()
            defer { note.members.append(Schema.Member(key.stringValue, nested.schema)) }
            return KeyedDecodingContainer(Members<Nested>(note: nested))
        }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            throw Failure(description: "only lists of the standard library can be recorded")
        }

        func superDecoder() -> any Decoder { Recorder(note: note) }
        func superDecoder(forKey key: Key) -> any Decoder { Recorder(note: note) }
    }
}

/// Lists and dictionaries, which are recorded by what they hold.
private protocol RecordedCollection {
    static var nothing: Self { get }
    static func recordedSchema() throws -> Schema
}

extension Array: RecordedCollection where Element: Decodable {
    fileprivate static var nothing: Self { [] }
    fileprivate static func recordedSchema() throws -> Schema { .array(try SchemaRecorder.record(Element.self).schema) }
}

extension Dictionary: RecordedCollection where Key: Decodable, Value: Decodable {
    fileprivate static var nothing: Self { [:] }

    /// A dictionary is an object only where its keys are texts; others are coded as a list of keys and values in turn.
    fileprivate static func recordedSchema() throws -> Schema {
        let value = try SchemaRecorder.record(Value.self).schema
        guard Key.self != String.self else { return .map(value) }
        return .array(.oneOf([try SchemaRecorder.record(Key.self).schema, value]))
    }
}

extension Schema {
    /// How values of `type` are coded; anything where the type cannot tell, which a test refuses for every route.
    static func of<Value: Decodable>(_ type: Value.Type) -> Schema {
        (try? SchemaRecorder.record(type).schema) ?? .any
    }
}
