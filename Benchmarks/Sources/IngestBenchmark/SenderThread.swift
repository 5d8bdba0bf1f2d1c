internal import BareSockets
internal import FoundationEssentials
internal import Messaging
internal import Topology

/// The Z85 texts of one CURVE connection, kept where C can read them for as long as the program runs.
struct KeyTexts: Sendable {
    let serverPublic, serverSecret, clientPublic, clientSecret: String?

    static let none = KeyTexts(serverPublic: nil, serverSecret: nil, clientPublic: nil, clientSecret: nil)

    /// Hands the texts to `body` as C strings that are valid during the call.
    func withKeys<Result>(_ body: (UnsafePointer<bare_keys>) -> Result) -> Result {
        let copies = [serverPublic, serverSecret, clientPublic, clientSecret].map { CText($0) }
        var keys = bare_keys(
            server_public: copies[0].start, server_secret: copies[1].start, client_public: copies[2].start,
            client_secret: copies[3].start)
        return withExtendedLifetime(copies) { body(&keys) }
    }
}

/// Keys of one coordinator and one agent, with the agent on the allow-list.
struct Keys {
    let server: CurveKeyPair
    let texts: KeyTexts
    let allowList: String

    init(folder: String) throws {
        allowList = "\(folder)/agents.d"
        try FileManager.default.createDirectory(atPath: allowList, withIntermediateDirectories: true)
        server = try CurveKeyPair.generate()
        let client = try CurveKeyPair.generate()
        // The secret halves leave the room only as files; a benchmark reads them there like any other program.
        try KeyFiles.write(server, name: "server", in: folder)
        try KeyFiles.write(client, name: "client", in: folder)
        try KeyFiles.allow(client.publicKey, name: IngestTraffic.node.rawValue, in: allowList)
        func secret(_ name: String) throws -> String {
            let path = "\(folder)/\(name)\(KeyFiles.secretSuffix)"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.removeItem(atPath: "\(folder)/\(name)\(KeyFiles.publicSuffix)")
            return String(text.prefix(40))
        }
        texts = KeyTexts(
            serverPublic: server.publicKey.text, serverSecret: try secret("server"),
            clientPublic: client.publicKey.text, clientSecret: try secret("client"))
    }
}

/// A bare libzmq DEALER on a thread of its own, the same for both receivers.
final class SenderThread {
    private let endpoint: CText
    private let hello: CBytes
    private let message: CBytes
    private let keyTexts: [CText]
    private let keys = UnsafeMutablePointer<bare_keys>.allocate(capacity: 1)
    private let traffic = UnsafeMutablePointer<bare_traffic>.allocate(capacity: 1)
    private let sender: OpaquePointer

    init(endpoint: String, traffic source: IngestTraffic, messages: Int, keys texts: KeyTexts) throws {
        self.endpoint = CText(endpoint)
        hello = CBytes(source.hello)
        message = CBytes(source.message)
        keyTexts = [texts.serverPublic, texts.clientPublic, texts.clientSecret].map { CText($0) }
        keys.initialize(
            to: bare_keys(
                server_public: keyTexts[0].start, server_secret: nil, client_public: keyTexts[1].start,
                client_secret: keyTexts[2].start))
        traffic.initialize(
            to: bare_traffic(
                hello: hello.start, hello_size: hello.count, message: message.start, message_size: message.count,
                sequence_offset: source.sequenceOffset, first_sequence: IngestTraffic.firstSequence,
                count: UInt32(messages)))
        guard let started = bare_sender_start(self.endpoint.start, keys, traffic) else {
            throw IngestError(description: "the sender's thread cannot be started")
        }
        sender = started
    }

    func join() throws {
        guard bare_sender_join(sender) == 0 else { throw IngestError(description: "the sender failed") }
    }

    deinit {
        keys.deallocate()
        traffic.deallocate()
    }
}

/// A C string of its own; nil stays nil.
final class CText {
    let start: UnsafePointer<CChar>?

    init(_ text: String?) {
        start = text.map { text in
            let characters = text.utf8CString
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: characters.count)
            for (index, character) in characters.enumerated() { (copy + index).initialize(to: character) }
            return UnsafePointer(copy)
        }
    }

    deinit { start?.deallocate() }
}

/// Bytes with an address of their own.
final class CBytes {
    let start: UnsafePointer<UInt8>
    let count: Int

    init(_ bytes: [UInt8]) {
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count)
        copy.initialize(from: bytes, count: bytes.count)
        start = UnsafePointer(copy)
        count = bytes.count
    }

    deinit { start.deallocate() }
}
