/// Where functions of one run leave for one another what is too large for a request: frames, models, videos.
///
/// Names are paths within the store, "3f9a01bc77de/frames/0001.jpg"; what belongs to a run begins with its id.
public protocol ObjectStore: Sendable {
    /// Keeps `bytes` as `name`, in place of what was there. Whoever reads sees all of it or nothing.
    func put(_ bytes: [UInt8], as name: ObjectName) async throws(WorkflowError)

    /// What is kept as `name`; nil when nothing is.
    func get(_ name: ObjectName) async throws(WorkflowError) -> [UInt8]?

    /// Removes everything that belongs to `run`; nothing is left to remove when nothing was there.
    func removeAll(of run: RunID) async throws(WorkflowError)
}

/// The name of an object: parts of letters, digits, ".", "_" and "-" with "/" between them, none of them "." or "..".
public struct ObjectName: Hashable, Sendable, CustomStringConvertible {
    /// The name itself.
    public let description: String

    /// Object `path` of `run`. Throws `WorkflowError.invalid` when that is no name.
    public init(run: RunID, path: String) throws(WorkflowError) {
        let name = "\(run)/\(path)"
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { part in
            !part.isEmpty && part != "." && part != ".." && part.utf8.count <= 255
                && part.utf8.allSatisfy { byte in
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                        || [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")].contains(byte)
                }
        }
        guard isName, name.utf8.count <= 1_024 else {
            throw WorkflowError(
                .invalid,
                "\"\(name)\" is no name of an object: allowed are letters, digits, \".\", \"_\" and \"-\" between "
                    + "slashes"
            )
        }
        description = name
    }
}
