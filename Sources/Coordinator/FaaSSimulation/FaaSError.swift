/// Why a trace could not be read or a simulation not be set up: what, where and what is allowed, in one sentence.
public struct FaaSError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The family an error belongs to; new families may be added.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The family's name, fit for a metric label.
        public let description: String

        /// A file could not be opened or read.
        public static let unreadable = Code(description: "unreadable")
        /// The first line is not that of the format.
        public static let wrongHeader = Code(description: "wrong-header")
        /// The file ends before its last line does, or a line before its last field.
        public static let truncated = Code(description: "truncated")
        /// A field is not what its column allows.
        public static let invalidField = Code(description: "invalid-field")
        /// A function is named that another table, or the format, does not know.
        public static let unknownFunction = Code(description: "unknown-function")
        /// A function stands in a table twice.
        public static let duplicateFunction = Code(description: "duplicate-function")
        /// A line belongs before one that has been read.
        public static let outOfOrder = Code(description: "out-of-order")
        /// There is nothing to simulate.
        public static let empty = Code(description: "empty")
        /// A parameter is outside of what is allowed.
        public static let invalidParameter = Code(description: "invalid-parameter")
    }

    /// A place in a file.
    public struct Place: Hashable, Sendable, CustomStringConvertible {
        /// The file's path as it was given.
        public let file: String
        /// The line, counted from 1; nil where the whole file is meant.
        public let line: Int?

        /// Line `line` of `file`.
        public init(file: String, line: Int? = nil) {
            self.file = file
            self.line = line
        }

        /// `file:line`, as compilers write it.
        public var description: String { line.map { "\(file):\($0)" } ?? file }
    }

    /// The family.
    public let code: Code
    /// Where in a file; nil for what has nothing to do with one.
    public let place: Place?
    /// The sentence, which begins with the place.
    public let description: String

    /// An error of family `code` at `place` that reads as `sentence`.
    public init(_ code: Code, at place: Place? = nil, _ sentence: String) {
        self.code = code
        self.place = place
        description = place.map { "\($0): \(sentence)" } ?? sentence
    }
}
