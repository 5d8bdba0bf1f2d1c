import GRDB

/// A store that cannot be opened, written or read: what, where and why, in one sentence.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String
    /// Whether the disk is the reason, full or failing: what may be over without a change of the configuration.
    public let isOfDisk: Bool

    /// An error that says `sentence`.
    init(_ sentence: String) {
        description = sentence
        isOfDisk = false
    }

    /// An error that says `sentence`, which `reason` has led to.
    init(_ sentence: String, because reason: any Error) {
        description = "\(sentence): \(reason)"
        let code = (reason as? DatabaseError)?.resultCode.primaryResultCode
        isOfDisk = code == .SQLITE_FULL || code == .SQLITE_IOERR
    }
}
