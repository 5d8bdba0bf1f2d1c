#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// An error that a regular file standing in for the msr device answers with: a file by itself cannot refuse a register
/// as the device does.
///
/// One line of the file `<msr file>.faults`: address, error, how often, and optionally which calls:
///
///     0x3FD EIO forever          this register is not implemented
///     0x38F EPERM forever write  it can be read but not written
///     0x10 EIO 3                 the next three accesses fail
///     * ENXIO forever            the CPU is offline
///     0x10 OK forever            this one answers, whatever a line with * says
///
/// A register's own lines count before those with `*`, and earlier lines before later ones.
public struct RegisterFault: Hashable, Sendable, CustomStringConvertible {
    /// The calls that a fault strikes.
    public struct Calls: OptionSet, Hashable, Sendable {
        /// One bit for each kind of call.
        public let rawValue: UInt8
        /// The calls with these bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// Reading the register.
        public static let read = Calls(rawValue: 1)
        /// Writing the register.
        public static let write = Calls(rawValue: 2)
        /// Opening the file; only lines with `*` strike it.
        public static let open = Calls(rawValue: 4)
    }

    /// The register; nil for all of them.
    public let register: RegisterAddress?
    /// The error number that the call fails with; 0 lets it through.
    public let errorNumber: Int32
    /// How many accesses fail, counted from when the line is read; nil for all of them.
    public let count: Int?
    /// The calls that fail.
    public let calls: Calls

    /// A fault as described.
    public init(
        _ register: RegisterAddress?, errorNumber: Int32, count: Int? = nil, calls: Calls = [.read, .write]
    ) {
        self.register = register
        self.errorNumber = errorNumber
        self.count = count
        self.calls = calls
    }

    /// The fault that a line describes; nil when it describes none.
    public init?(line: some StringProtocol) {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard 3...4 ~= words.count, let number = Self.number(ofError: words[1]) else { return nil }
        if words[0] == "*" {
            register = nil
        } else {
            guard words[0].hasPrefix("0x"), let address = UInt32(words[0].dropFirst(2), radix: 16) else { return nil }
            register = RegisterAddress(address)
        }
        if words[2] == "forever" {
            count = nil
        } else {
            guard let times = Int(words[2]), times >= 0 else { return nil }
            count = times
        }
        errorNumber = number
        switch words.count == 4 ? words[3] : "" {
        case "": calls = [.read, .write]
        case "read": calls = .read
        case "write": calls = .write
        case "open": calls = .open
        default: return nil
        }
    }

    /// The line.
    public var description: String {
        let address = register.map { "\($0)" } ?? "*"
        let name = Self.names.first { $0.number == errorNumber }?.name ?? "\(errorNumber)"
        let kinds = calls == [.read, .write] ? "" : calls == .read ? " read" : calls == .write ? " write" : " open"
        return "\(address) \(name) \(count.map { "\($0)" } ?? "forever")\(kinds)"
    }

    private static let names: [(name: String, number: Int32)] = [
        ("OK", 0), ("EIO", EIO), ("ENXIO", ENXIO), ("EPERM", EPERM), ("EACCES", EACCES), ("ENODEV", ENODEV),
        ("EINVAL", EINVAL), ("EMFILE", EMFILE),
    ]

    private static func number(ofError word: some StringProtocol) -> Int32? {
        names.first { $0.name == word }?.number ?? Int32(word).flatMap { $0 < 0 ? nil : $0 }
    }
}
