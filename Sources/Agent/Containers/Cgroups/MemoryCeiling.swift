import Topology

/// A memory limit as the kernel's files hold it: a number of bytes in whole pages.
struct MemoryCeiling: Hashable, Sendable {
    /// nil for no limit.
    let bytes: UInt64?

    /// From the text of version 1's `memory.limit_in_bytes` or version 2's `memory.max`. No limit is "max" in the one;
    /// in the other it is the largest number of whole pages below 2^63 bytes (PAGE_COUNTER_MAX), which no limit that
    /// anybody sets comes near.
    init?(_ text: UnsafeRawBufferPointer) {
        if text.starts(with: "max".utf8) {
            bytes = nil
        } else {
            guard let number = CgroupText.number(text) else { return nil }
            bytes = number >= 1 << 62 ? nil : number
        }
    }

    /// From a text as a string.
    init?(_ text: String) {
        var text = text
        guard let read = text.withUTF8({ MemoryCeiling(UnsafeRawBufferPointer($0)) }) else { return nil }
        self = read
    }

    /// A ceiling of `bytes`, rounded down to whole pages as the kernel rounds them.
    init(bytes: UInt64, pageBytes: UInt64) { self.bytes = bytes - bytes % max(pageBytes, 1) }

    /// The limit in bytes.
    var limit: MemoryLimit { bytes.map { .bytes($0) } ?? .unlimited }
}
