/// Why learning could not start, go on or be restored: what, where and what is allowed, in one sentence.
public struct LearningError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The family an error belongs to; new families may be added.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The family's name, fit for a metric label.
        public let description: String

        /// A hyper-parameter or a size is outside of what is allowed.
        public static let invalidParameter = Code(description: "invalid-parameter")
        /// The bytes end before the checkpoint does.
        public static let truncated = Code(description: "truncated")
        /// The bytes are a checkpoint whose checksum or content does not hold.
        public static let corrupted = Code(description: "corrupted")
        /// The bytes are no checkpoint of this program.
        public static let foreign = Code(description: "foreign")
        /// The checkpoint has a format version that this program does not read.
        public static let unsupportedVersion = Code(description: "unsupported-version")
        /// The checkpoint belongs to another topology.
        public static let topologyMismatch = Code(description: "topology-mismatch")
        /// There is no checkpoint.
        public static let absent = Code(description: "absent")
        /// The disk (or the quota on it) is full; what was stored before is untouched.
        public static let storageFull = Code(description: "storage-full")
        /// A system call on a checkpoint file failed for another reason.
        public static let storageFailed = Code(description: "storage-failed")
    }

    /// The family.
    public let code: Code
    /// The sentence.
    public let description: String

    /// An error of family `code` that reads as `sentence`.
    public init(_ code: Code, _ sentence: String) {
        self.code = code
        description = sentence
    }
}
