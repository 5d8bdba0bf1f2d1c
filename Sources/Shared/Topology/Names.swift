/// The name under which a worker node is known to Kubernetes and to the coordinator's allow-list.
public struct NodeName: RawRepresentable, Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// The name itself.
    public let rawValue: String
    /// Takes any string; where a name comes from outside, `init(validating:)` decides whether it is one.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// Takes any string.
    public init(_ name: String) { rawValue = name }
    /// Takes a name that Kubernetes would accept for a node: an RFC 1123 subdomain of at most 253 characters.
    public init?(validating name: String) {
        guard isSubdomain(name) else { return nil }
        rawValue = name
    }
    /// The name itself.
    public var description: String { rawValue }
    /// In the order of their characters.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The name of a serverless function, unique within the cluster.
public struct FunctionName: RawRepresentable, Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// The name itself.
    public let rawValue: String
    /// Takes any string.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// Takes any string.
    public init(_ name: String) { rawValue = name }
    /// The name itself.
    public var description: String { rawValue }
    /// In the order of their characters.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The name of a workflow: several functions that answer one request together.
public struct WorkflowName: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    /// The name itself.
    public let rawValue: String
    /// Takes any string.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// Takes any string.
    public init(_ name: String) { rawValue = name }
    /// The name itself.
    public var description: String { rawValue }
}

private func isSubdomain(_ name: String) -> Bool {
    func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    guard name.utf8.count <= 253 else { return false }
    return name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
        guard let first = label.first, let last = label.last, label.count <= 63 else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && label.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }
}
