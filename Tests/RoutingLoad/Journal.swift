#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// What a worker did, in a file that outlives it however it ends: each entry is in the kernel's hands (write(2)) before
/// the worker goes on.
struct Journal {
    enum Deed: UInt8 {
        /// The whole request has come.
        case accepted = 1
        /// The answer is going out.
        case answered = 2
        /// Half of the answer is going out.
        case cutShort = 3
        /// The connection is closed without an answer.
        case closed = 4
        /// The request is turned away.
        case turnedAway = 5
        /// The request is not the one of its number.
        case garbled = 6
        /// A connection was accepted.
        case connected = 7
    }

    static let entryBytes = 5
    private let descriptor: Int32

    init(path: String) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        precondition(descriptor >= 0, "the journal \(path) can be written")
    }

    func note(_ deed: Deed, of number: UInt32) {
        let entry = (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32(8 * $0)) } + [deed.rawValue]
        precondition(write(descriptor, entry, entry.count) == entry.count, "the journal can be written")
    }
}
