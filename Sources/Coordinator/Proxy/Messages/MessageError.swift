/// What is wrong with a message, as RFC 9112 and RFC 9110 see it.
struct MessageError: Error, Hashable, Sendable {
    /// The status that tells a client so. A worker's message that is wrong is answered 502, whatever stands here.
    let status: Int
    /// One sentence for the body of that answer.
    let sentence: String

    init(_ status: Int, _ sentence: String) {
        self.status = status
        self.sentence = sentence
    }

    static func bad(_ sentence: String) -> MessageError { MessageError(400, sentence) }
}
