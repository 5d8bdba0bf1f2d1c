/// Appends values in the byte order of this room's files, little-endian.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// The number of elements (8 bytes), then the elements.
    mutating func append(_ values: [UInt8]) {
        append(UInt64(values.count))
        bytes.append(contentsOf: values)
    }

    mutating func append(_ text: String) { append(Array(text.utf8)) }

    /// The number of elements (8 bytes), then the bits of each.
    mutating func append(_ values: [Float]) {
        append(UInt64(values.count))
        bytes.reserveCapacity(bytes.count + 4 * values.count)
        for value in values { append(value.bitPattern) }
    }
}
