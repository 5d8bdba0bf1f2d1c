import CZeroMQ

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A socket, key or file operation that failed: what, on what, and why, in one sentence.
public struct MessagingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; more kinds may come.
    public struct Code: Hashable, Sendable {
        private let name: String
        /// A libzmq call failed.
        public static let socket = Code(name: "socket")
        /// A key or key file is not as it must be.
        public static let key = Code(name: "key")
        /// A file or folder could not be read or written.
        public static let file = Code(name: "file")
        /// No answer within the time allowed.
        public static let timeout = Code(name: "timeout")
    }

    /// What kind of failure it is.
    public let code: Code
    /// The sentence.
    public let description: String

    /// An error of kind `code` that reads as `sentence`.
    public init(_ code: Code, _ sentence: String) {
        self.code = code
        description = sentence
    }

    /// The failure that libzmq reports for `call` on `subject` (zmq_errno, zmq_strerror).
    static func zmq(_ call: String, on subject: String) -> Self {
        MessagingError(.socket, "\(call) on \(subject): \(String(cString: zmq_strerror(zmq_errno())))")
    }

    /// The failure that the kernel reports in errno for `call` on `path`.
    static func system(_ call: String, on path: String, errno code: Int32) -> Self {
        MessagingError(.file, "\(call) \(path): \(String(cString: strerror(code)))")
    }
}
