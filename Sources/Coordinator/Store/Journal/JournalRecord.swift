/// One entry of the journal. The journal does not look into payloads: whoever writes a kind versions it.
public struct JournalRecord: Hashable, Sendable {
    /// The entry's number; later entries have higher ones.
    public let sequence: Int64
    /// When it was written, in seconds since 1970 by the wall clock.
    public let writtenAtUnixSeconds: Double
    /// What sort of entry it is, such as "decision".
    public let kind: String
    /// The version of the payload's form within its kind.
    public let version: Int
    /// The entry itself.
    public let payload: [UInt8]
}
