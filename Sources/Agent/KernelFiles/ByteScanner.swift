/// Takes numbers and words from text that need not become a string first: what is read many times a second. Inlinable,
/// as its users are other rooms and call it for every line.
public struct ByteScanner {
    @usableFromInline let bytes: UnsafeRawBufferPointer
    @usableFromInline var position = 0

    /// Takes from the beginning of `bytes`, which must outlive the scanner.
    @inlinable
    public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Whether everything was taken.
    @inlinable
    public var isAtEnd: Bool { position >= bytes.count }

    /// Takes `word` if it comes next.
    @inlinable
    public mutating func takes(_ word: StaticString) -> Bool {
        guard bytes.count - position >= word.utf8CodeUnitCount else { return false }
        for offset in 0..<word.utf8CodeUnitCount where bytes[position + offset] != word.utf8Start[offset] { return false }
        position += word.utf8CodeUnitCount
        return true
    }

    /// Takes the decimal digits that come next; nil when there are none or the number does not fit.
    @inlinable
    public mutating func number() -> UInt64? {
        let start = position
        var value: UInt64 = 0
        while position < bytes.count, case let digit = bytes[position] &- UInt8(ascii: "0"), digit < 10 {
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(UInt64(digit))
            guard !overflowed, !carried else { return nil }
            value = sum
            position += 1
        }
        return position > start ? value : nil
    }

    /// Takes spaces.
    @inlinable
    public mutating func skipSpaces() {
        while position < bytes.count, bytes[position] == UInt8(ascii: " ") { position += 1 }
    }

    /// Takes the rest of the line; false when the text ends before a line feed.
    @inlinable
    public mutating func skipLine() -> Bool {
        while position < bytes.count {
            position += 1
            if bytes[position - 1] == UInt8(ascii: "\n") { return true }
        }
        return false
    }
}
