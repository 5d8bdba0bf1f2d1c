import WireC

extension Query {
    /// The query's bytes on the wire; the same query gives the same bytes.
    public func encoded() -> [UInt8] {
        let arena = PackingArena()
        var message = Reeve__V1__Query()
        reeve__v1__query__init(&message)
        message.protocol_major = protocolMajor
        message.id = id
        message.verb = arena.copy(verb)
        let arguments = self.arguments.sorted { $0.key < $1.key }.map { name, value in
            var argument = Reeve__V1__Argument()
            reeve__v1__argument__init(&argument)
            argument.name = arena.copy(name)
            argument.value = arena.copy(value)
            return Optional(arena.copy(argument))
        }
        message.n_arguments = arguments.count
        message.arguments = arena.copy(arguments)
        return withExtendedLifetime(arena) { packed(&message) }
    }

    /// Reads a query from its bytes. Throws `WireError`, also when an argument is named twice.
    public init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
        self = try unpacking(bytes, as: "Query", with: reeve__v1__query__unpack) { message throws(WireError) in
            let count = message.pointee.n_arguments
            guard count <= WireLimits.queryArguments else {
                throw WireError(.inconsistent, "a query has \(count) arguments: allowed is \(WireLimits.queryArguments)")
            }
            var arguments: [String: String] = [:]
            for argument in messages(message.pointee.arguments, count: count) {
                let name = try text(argument.pointee.name, field: "argument name")
                let value = try text(argument.pointee.value, field: "argument value")
                guard arguments.updateValue(value, forKey: name) == nil else {
                    throw WireError(.inconsistent, "a query names argument \(name) twice: once is allowed")
                }
            }
            return Query(
                protocolMajor: message.pointee.protocol_major, id: message.pointee.id,
                verb: try text(message.pointee.verb, field: "verb"), arguments: arguments)
        }
    }
}

extension Reply {
    /// The reply's bytes on the wire.
    public func encoded() -> [UInt8] {
        let arena = PackingArena()
        var message = Reeve__V1__Reply()
        reeve__v1__reply__init(&message)
        message.id = id
        switch outcome {
        case .json(let json):
            message.code = 0
            message.has_json = 1
            message.json.len = json.count
            message.json.data = arena.copy(json)
        case .failure(let code, let sentence):
            message.code = code.rawValue
            message.sentence = arena.copy(sentence)
        }
        return withExtendedLifetime(arena) { packed(&message) }
    }

    /// Reads a reply from its bytes. Throws `WireError`.
    public init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
        // A long answer takes the memory of its text, which has arrived in full, and no more.
        let budget = WireLimits.decodingBudgetBytes + (bytes.count > WireLimits.messageBytes ? bytes.count : 0)
        self = try unpacking(bytes, as: "Reply", budgetBytes: budget, with: reeve__v1__reply__unpack) {
            message throws(WireError) in
            let reply = message.pointee
            guard reply.code == 0 else {
                let sentence = reply.sentence == nil ? "" : try text(reply.sentence, field: "sentence")
                return Reply(id: reply.id, outcome: .failure(Code(rawValue: reply.code), sentence))
            }
            guard reply.has_json != 0 else {
                throw WireError(.inconsistent, "reply \(reply.id) says done but holds no answer")
            }
            return Reply(id: reply.id, outcome: .json(array(reply.json.data, count: reply.json.len)))
        }
    }
}
