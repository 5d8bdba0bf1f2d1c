internal import FuzzDriver
internal import Glibc
internal import Wire

/// The decoders of every message, the agent's, the coordinator's, the operator's and the world's. What is decoded must
/// come out the same after encoding and decoding it once more.
func decode(_ bytes: UnsafeRawBufferPointer) throws(WireError) {
    switch bytes.first.map({ $0 % 6 }) {
    case 0: again(try AgentEnvelope(decoding: rest(bytes))) { try AgentEnvelope(decoding: $0) } encode: { $0.encoded() }
    case 1:
        again(try CoordinatorEnvelope(decoding: rest(bytes))) { try CoordinatorEnvelope(decoding: $0) } encode: {
            $0.encoded()
        }
    case 2: again(try Query(decoding: rest(bytes))) { try Query(decoding: $0) } encode: { $0.encoded() }
    case 3: again(try Reply(decoding: rest(bytes))) { try Reply(decoding: $0) } encode: { $0.encoded() }
    case 4: again(try WorldRequest(decoding: rest(bytes))) { try WorldRequest(decoding: $0) } encode: { $0.encoded() }
    case 5: again(try WorldReply(decoding: rest(bytes))) { try WorldReply(decoding: $0) } encode: { $0.encoded() }
    default: break
    }
}

func rest(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes.dropFirst()) }

/// Compares texts, for a message may carry numbers that are none, which equal nothing, and those are written alike.
func again<Message>(
    _ message: Message, decode: (UnsafeRawBufferPointer) throws -> Message, encode: (Message) -> [UInt8]
) {
    let bytes = encode(message)
    // Encoding may add what was absent, and so exceed the decoder's bounds.
    guard let second = try? bytes.withUnsafeBytes(decode) else { return }
    precondition(encode(second) == bytes, "a message changes by being sent on")
}

exit(
    reeve_fuzz(CommandLine.argc, CommandLine.unsafeArgv) { data, count in
        try? decode(UnsafeRawBufferPointer(start: data, count: count))
        return 0
    })
