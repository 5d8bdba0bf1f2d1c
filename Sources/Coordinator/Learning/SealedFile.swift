/// How this room's files begin, little-endian: magic (8 bytes), format version (UInt32), CRC-32 of the payload
/// (UInt32), length of the payload (UInt64), payload.
struct SealedFile {
    /// Eight ASCII characters.
    let magic: String
    let version: UInt32
    /// What the file is called in errors.
    let noun: String

    static let headerLength = 24

    /// The file around `payload`.
    func sealed(_ payload: [UInt8]) -> [UInt8] {
        var file = ByteWriter()
        for byte in magic.utf8 { file.append(byte) }
        file.append(version)
        file.append(CRC32.checksum(payload))
        file.append(payload)
        return file.bytes
    }

    /// A reader of the payload of `bytes`, after magic, version, length and checksum were checked, which finds every
    /// truncated, changed or foreign file.
    func opened(_ bytes: [UInt8]) throws(LearningError) -> ByteReader {
        try verify(bytes)
        return ByteReader(bytes, from: Self.headerLength)
    }

    /// The checks of `opened`.
    func verify(_ bytes: [UInt8]) throws(LearningError) {
        let magic = Array(magic.utf8)
        guard bytes.prefix(magic.count).elementsEqual(magic.prefix(bytes.count)), !bytes.isEmpty else {
            throw LearningError(.foreign, "The file is not a \(noun): it does not begin with \"\(self.magic)\".")
        }
        guard bytes.count >= Self.headerLength else {
            throw LearningError(
                .truncated, "The \(noun) ends after \(bytes.count) bytes, within its header of \(Self.headerLength).")
        }
        var reader = ByteReader(bytes, from: magic.count)
        let version = try reader.integer(UInt32.self)
        guard version == self.version else {
            throw LearningError(
                .unsupportedVersion,
                "The \(noun) has format version \(version); this program reads version \(self.version).")
        }
        let checksum = try reader.integer(UInt32.self)
        let length = try reader.integer(UInt64.self)
        guard length <= UInt64(reader.remaining) else {
            throw LearningError(
                .truncated, "The \(noun) ends after \(reader.remaining) of its \(length) bytes of content.")
        }
        guard length == UInt64(reader.remaining), CRC32.checksum(bytes[Self.headerLength...]) == checksum else {
            throw LearningError(.corrupted, "The \(noun)'s content does not match its length and checksum.")
        }
    }
}
