#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A register, or a file of registers, that could not be opened, read or written.
public struct RegisterError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was tried.
    public enum Operation: String, Hashable, Sendable {
        /// Opening the file.
        case open
        /// Reading a register.
        case read
        /// Writing a register.
        case write
        /// Mapping the memory that registers are found in.
        case map
    }

    /// Why it failed.
    public enum Failure: Hashable, Sendable {
        /// The system call failed with this error number.
        case errno(Int32)
        /// Fewer bytes than the register has: it lies behind the end of the file.
        case shortTransfer
        /// The halves of a counter never fitted together.
        case unsteady
        /// The register does not hold what was written, though writing succeeded: a hypervisor swallows it.
        case notKept
    }

    /// What was tried.
    public let operation: Operation
    /// The file it was tried on.
    public let path: String
    /// Register number, or offset in a configuration space; nil where the file as a whole is meant.
    public let address: UInt32?
    /// Why it failed.
    public let failure: Failure

    /// An error as described.
    public init(operation: Operation, path: String, address: UInt32? = nil, failure: Failure) {
        self.operation = operation
        self.path = path
        self.address = address
        self.failure = failure
    }

    /// Whether the CPU itself is gone (the msr driver answers ENXIO for a CPU that is offline).
    public var meansOffline: Bool { failure == .errno(ENXIO) || failure == .errno(ENODEV) }

    /// Whether there is no such file.
    public var meansMissing: Bool { failure == .errno(ENOENT) }

    /// Whether reading may still be allowed where writing is not.
    public var meansReadOnly: Bool {
        [.errno(EACCES), .errno(EPERM), .errno(EROFS)].contains(failure)
    }

    /// What failed, where and why, in one sentence without a full stop.
    public var description: String {
        let place = address.map { " of 0x" + String($0, radix: 16, uppercase: true) } ?? ""
        let reason =
            switch failure {
            case .errno(let number): "\(String(cString: strerror(number))) (errno \(number))"
            case .unsteady: "its halves kept changing"
            case .notKept: "it does not hold what is written to it, as where a hypervisor only pretends to have it"
            case .shortTransfer: "it lies behind the end of the file"
            }
        return "\(operation.rawValue)\(place) on \(path) failed: \(reason)"
    }
}
