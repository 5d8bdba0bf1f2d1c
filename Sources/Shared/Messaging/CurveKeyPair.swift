import CZeroMQ

/// A CURVE public key in Z85 text: 40 characters for 32 bytes (ZeroMQ RFC 32).
public struct CurvePublicKey: Hashable, Sendable, CustomStringConvertible {
    /// The 40 characters.
    public let text: String

    /// Takes a key's Z85 text; throws `MessagingError` of code `key` when it is not one.
    public init(text: String) throws(MessagingError) {
        guard decodeZ85(text) != nil else {
            throw MessagingError(.key, "\"\(text)\" is no CURVE key: allowed are the 40 characters of Z85 text")
        }
        self.text = text
    }

    /// Takes a key's 32 bytes, as a ZAP request carries them; nil when there are not 32.
    init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 32 else { return nil }
        var encoded = [CChar](repeating: 0, count: 41)
        guard zmq_z85_encode(&encoded, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, 32) != nil else { return nil }
        text = String(decoding: encoded.prefix(40).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The key's Z85 text.
    public var description: String { text }
}

/// A CURVE key pair. The secret half never appears in a description.
public struct CurveKeyPair: Sendable, CustomStringConvertible {
    /// The half that others may know.
    public let publicKey: CurvePublicKey
    /// The Z85 text of the half that nobody else may know.
    let secretText: String

    /// Draws a new pair (zmq_curve_keypair). Throws `MessagingError` when libzmq was built without CURVE.
    public static func generate() throws(MessagingError) -> CurveKeyPair {
        var publicText = [CChar](repeating: 0, count: 41)
        var secretText = [CChar](repeating: 0, count: 41)
        guard zmq_curve_keypair(&publicText, &secretText) == 0 else { throw .zmq("zmq_curve_keypair", on: "a new pair") }
        return try CurveKeyPair(secretText: String(decoding: secretText.prefix(40).map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    /// The pair that belongs to a secret half (zmq_curve_public); throws `MessagingError` of code `key` when the text is
    /// no key. The text itself is not repeated in the error.
    public init(secretText: String) throws(MessagingError) {
        var publicText = [CChar](repeating: 0, count: 41)
        guard decodeZ85(secretText) != nil, zmq_curve_public(&publicText, secretText) == 0 else {
            throw MessagingError(.key, "the secret key is not the 40 characters of Z85 text that it must be")
        }
        publicKey = try CurvePublicKey(
            text: String(decoding: publicText.prefix(40).map { UInt8(bitPattern: $0) }, as: UTF8.self))
        self.secretText = secretText
    }

    /// The public half.
    public var description: String { publicKey.text }
}

/// The 32 bytes of Z85 text of the right length and alphabet.
private func decodeZ85(_ text: String) -> [UInt8]? {
    guard text.utf8.count == 40 else { return nil }
    var bytes = [UInt8](repeating: 0, count: 32)
    return zmq_z85_decode(&bytes, text) == nil ? nil : bytes
}
