/// Takes values from bytes in the byte order of this room's files, little-endian. Lengths are checked against what is
/// left before anything is allocated; bytes that end too early throw `LearningError` of code `corrupted`, because the
/// length of the whole was checked before.
struct ByteReader {
    private let bytes: [UInt8]
    private var position: Int

    init(_ bytes: [UInt8], from position: Int) {
        self.bytes = bytes
        self.position = position
    }

    var remaining: Int { bytes.count - position }

    mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws(LearningError) -> Value {
        let start = try advance(MemoryLayout<Value>.size)
        return bytes.withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(fromByteOffset: start, as: Value.self)) }
    }

    /// A count or an index, which must fit the machine's Int.
    mutating func count() throws(LearningError) -> Int {
        let value = try integer(UInt64.self)
        guard let count = Int(exactly: value) else { throw Self.unfit }
        return count
    }

    mutating func array() throws(LearningError) -> [UInt8] {
        let length = try count()
        let start = try advance(length)
        return Array(bytes[start..<start + length])
    }

    mutating func text() throws(LearningError) -> String {
        guard let text = String(validating: try array(), as: UTF8.self) else { throw Self.unfit }
        return text
    }

    mutating func floats() throws(LearningError) -> [Float] {
        let length = try count()
        guard length <= remaining / 4 else { throw Self.unfit }
        let start = try advance(4 * length)
        return bytes.withUnsafeBytes { raw in
            (0..<length).map { index in
                let bits = raw.loadUnaligned(fromByteOffset: start + 4 * index, as: UInt32.self)
                return Float(bitPattern: UInt32(littleEndian: bits))
            }
        }
    }

    private mutating func advance(_ length: Int) throws(LearningError) -> Int {
        guard length <= remaining else { throw Self.unfit }
        defer { position += length }
        return position
    }

    static let unfit = LearningError(.corrupted, "The file's content does not fit its length.")
}
