import KernelFiles

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Numbers in the text of control group files, read from bytes without making strings. Every function takes any bytes
/// at all and gives nil for what is not there.
enum CgroupText {
    /// The number that the text begins with; nil when it does not, or when the number exceeds 64 bits.
    static func number(_ text: UnsafeRawBufferPointer) -> UInt64? {
        var scanner = ByteScanner(text)
        return scanner.number()
    }

    /// The number on the line that begins with `key` and a space, as in `memory.stat` and `cpu.stat`.
    static func number(_ text: UnsafeRawBufferPointer, key: StaticString) -> UInt64? {
        guard let base = text.baseAddress else { return nil }
        let length = key.utf8CodeUnitCount
        var line = 0
        while line + length < text.count {
            if text[line + length] == UInt8(ascii: " "), memcmp(base + line, key.utf8Start, length) == 0 {
                return number(UnsafeRawBufferPointer(rebasing: text[(line + length + 1)...]))
            }
            guard let end = memchr(base + line, Int32(UInt8(ascii: "\n")), text.count - line) else { return nil }
            line = UnsafeRawPointer(end) - base + 1
        }
        return nil
    }
}
