/// The name under which a ROUTER knows one connection: what a reply is addressed with. Held inline, for one stands in
/// every message.
public struct PeerIdentity: Hashable, Sendable {
    /// libzmq's own identities have 5 bytes; a client that chooses a longer one than this is not served.
    static let maximumBytes = 32

    private let count: Int
    private let words: SIMD4<UInt64>

    /// The identity in a message's first frame; nil when it is longer than allowed.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count <= Self.maximumBytes else { return nil }
        var words = SIMD4<UInt64>.zero
        withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: bytes) }
        count = bytes.count
        self.words = words
    }

    /// Hands the identity's bytes to `body`.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws(MessagingError) -> Result) throws(MessagingError) -> Result {
        var words = words
        return try withUnsafeMutableBytes(of: &words) { bytes throws(MessagingError) in
            try body(UnsafeRawBufferPointer(rebasing: bytes.prefix(count)))
        }
    }
}
