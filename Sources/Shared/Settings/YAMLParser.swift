import CYAML

/// Reads one YAML document with libyaml, into values. It is libyaml alone because the agent's memory is a promise: what
/// else reads YAML in Swift brings Foundation along, which costs an agent 6 to 9 MB.
///
/// Anchors, aliases and tags are refused: a configuration has no need of them, and aliases let a short text stand for an
/// endless one.
struct YAMLParser: ~Copyable {
    /// How deep values may stand in each other.
    private static let maximumDepth = 16

    /// libyaml keeps a pointer to the parser in itself, so it needs an address of its own.
    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)

    private init?() {
        parser.initialize(to: yaml_parser_t())
        guard yaml_parser_initialize(parser) != 0 else {
            parser.deallocate()
            return nil
        }
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The document in `text`, or nil when it has none. Throws `SettingsError` with the line when it is no YAML, has more
    /// than one document, or names a key twice.
    static func parse(_ text: String) throws(SettingsError) -> YAMLNode? {
        guard let parser = YAMLParser() else { throw SettingsError("there is no memory to read the configuration") }
        let bytes = Array(text.utf8)
        return try bytes.withUnsafeBufferPointer { buffer throws(SettingsError) in
            yaml_parser_set_input_string(parser.parser, buffer.baseAddress, buffer.count)
            return try parser.document()
        }
    }

    private func document() throws(SettingsError) -> YAMLNode? {
        try expect(YAML_STREAM_START_EVENT)
        let first = try next()
        guard first.type == YAML_DOCUMENT_START_EVENT else { return nil }
        let root = try node(startingWith: try next(), depth: 0)
        try expect(YAML_DOCUMENT_END_EVENT)
        let last = try next()
        guard last.type == YAML_STREAM_END_EVENT else { throw failure("a second document begins", at: last.line) }
        return root
    }

    private func expect(_ type: yaml_event_type_t) throws(SettingsError) {
        let event = try next()
        guard event.type == type else { throw failure("a value stands where none may be", at: event.line) }
    }

    private func node(startingWith event: Event, depth: Int) throws(SettingsError) -> YAMLNode {
        guard depth < Self.maximumDepth else {
            throw failure("values stand more than \(Self.maximumDepth) deep in each other", at: event.line)
        }
        guard !event.isMarked else { throw failure("anchors, aliases and tags are not allowed", at: event.line) }
        switch event.type {
        case YAML_SCALAR_EVENT: return .scalar(event.text, isPlain: event.isPlain)
        case YAML_SEQUENCE_START_EVENT: return try sequence(depth: depth)
        case YAML_MAPPING_START_EVENT: return try mapping(depth: depth)
        default: throw failure("a value is missing", at: event.line)
        }
    }

    private func sequence(depth: Int) throws(SettingsError) -> YAMLNode {
        var elements: [YAMLNode] = []
        while true {
            let event = try next()
            if event.type == YAML_SEQUENCE_END_EVENT { return .sequence(elements) }
            elements.append(try node(startingWith: event, depth: depth + 1))
        }
    }

    private func mapping(depth: Int) throws(SettingsError) -> YAMLNode {
        var pairs: [YAMLPair] = []
        while true {
            let event = try next()
            if event.type == YAML_MAPPING_END_EVENT { return .mapping(pairs) }
            guard let key = try node(startingWith: event, depth: depth + 1).text else {
                throw failure("a key is no text", at: event.line)
            }
            guard !pairs.contains(where: { $0.key == key }) else {
                throw failure("key \(key) stands twice", at: event.line)
            }
            pairs.append(YAMLPair(key: key, value: try node(startingWith: try next(), depth: depth + 1)))
        }
    }

    /// What is needed of one of libyaml's events.
    private struct Event {
        var type: yaml_event_type_t
        /// From 1.
        var line: Int
        var text = ""
        var isPlain = false
        /// Whether it is an alias, or has an anchor or a tag.
        var isMarked = false
    }

    private func next() throws(SettingsError) -> Event {
        var raw = yaml_event_t()
        guard yaml_parser_parse(parser, &raw) != 0 else {
            let problem = parser.pointee.problem.map { String(cString: $0) } ?? "it cannot be read"
            // libyaml knows the place of what it cannot parse, but of bytes that are no text only their offset.
            let mark = parser.pointee.problem_mark
            throw failure(problem, at: parser.pointee.error == YAML_READER_ERROR ? nil : Int(mark.line) + 1)
        }
        defer { yaml_event_delete(&raw) }
        var event = Event(type: raw.type, line: Int(raw.start_mark.line) + 1)
        switch raw.type {
        case YAML_SCALAR_EVENT:
            let scalar = raw.data.scalar
            event.text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            event.isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
            event.isMarked = scalar.anchor != nil || scalar.tag != nil
        case YAML_SEQUENCE_START_EVENT:
            event.isMarked = raw.data.sequence_start.anchor != nil || raw.data.sequence_start.tag != nil
        case YAML_MAPPING_START_EVENT:
            event.isMarked = raw.data.mapping_start.anchor != nil || raw.data.mapping_start.tag != nil
        case YAML_ALIAS_EVENT:
            event.isMarked = true
        default: break
        }
        return event
    }

    private func failure(_ problem: String, at line: Int?) -> SettingsError {
        let place = line.map { "line \($0): " } ?? ""
        return SettingsError("the configuration is not valid YAML: \(place)\(problem)")
    }
}
