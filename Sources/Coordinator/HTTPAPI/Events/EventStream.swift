/// What one stream of events tells: its topics whenever their answers have changed, looked at once in an interval.
struct EventStream: Sendable {
    /// Between two lines at least, in nanoseconds: proxies cut connections on which nothing happens.
    static let quietNanoseconds: UInt64 = 15_000_000_000

    let topics: [LiveTopic]
    let intervalNanoseconds: UInt64
    let answers: LiveAnswers
    /// Waits; throws when the stream is to end.
    let pause: @Sendable (_ nanoseconds: UInt64) async throws -> Void

    /// Writes events by `write` until it throws, because the client has gone, or the coordinator stops.
    func run(_ write: ([UInt8]) async throws -> Void) async throws {
        var told: [LiveTopic: EntityTag] = [:]
        var quiet: UInt64 = 0
        while true {
            var bytes: [UInt8] = []
            for topic in topics {
                guard let answer = await answers.answer(topic) else { continue }
                let tag = EntityTag(of: answer)
                guard told.updateValue(tag, forKey: topic) != tag else { continue }
                bytes += Self.event(topic, answer)
            }
            quiet = bytes.isEmpty ? quiet + intervalNanoseconds : 0
            if quiet >= Self.quietNanoseconds {
                bytes = Array(": still here\n\n".utf8)
                quiet = 0
            }
            if !bytes.isEmpty { try await write(bytes) }
            try await pause(intervalNanoseconds)
        }
    }

    /// One event as the format has it (HTML Living Standard, section 9.2.6); JSON text has no line feed in it.
    private static func event(_ topic: LiveTopic, _ json: [UInt8]) -> [UInt8] {
        Array("event: \(topic.rawValue)\ndata: ".utf8) + json + Array("\n\n".utf8)
    }
}
