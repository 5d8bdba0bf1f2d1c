import ArgumentParser
import CommandShell
import ControlAPI

/// `reeve release`: functions are put back as they were found.
struct ReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Put functions back as they were found, and take none again.",
        discussion: """
            Placement is paused first and stays so until `reeve resume`. Pods that were placed are exchanged as \
            carefully as in a move; affinity, strategy and replicas become what they were, where nobody else has \
            changed them since. Without names, harvesting gives back what it has lent, too, and lends nothing until then.
            """)

    /// Each pod may have to be exchanged, and may take minutes to become ready, in milliseconds.
    private static let patience = 600_000

    @Argument(help: "The functions; all that reeve manages if none is given.")
    var functions: [String] = []

    @OptionGroup var query: QueryOptions

    func validate() throws {
        guard let odd = functions.first(where: { $0.isEmpty || $0.contains(",") }) else { return }
        throw ValidationError("\"\(odd)\" is no function: allowed are names with spaces between them")
    }

    func run() async throws {
        var arguments: [String: String] = [:]
        if !functions.isEmpty { arguments["functions"] = functions.joined(separator: ",") }
        let answer = try query.ask("release", arguments, as: ReleaseAnswer.self, within: Self.patience) {
            Self.text(of: $0)
        }
        guard answer.failed.isEmpty else {
            throw CommandFailure.failed("\(answer.failed.count) of the functions could not be released")
        }
    }

    private static func text(of answer: ReleaseAnswer) -> String {
        var lines = answer.released.map { "released \($0)" }
        lines += answer.untouched.map { "\($0) is not managed by reeve: nothing to release" }
        lines += answer.failed.map { "\($0.function) stays as it is: \($0.reason)" }
        if let limits = answer.limits { lines.append(limits) }
        return (lines.isEmpty ? ["nothing is managed by reeve: nothing to release"] : lines).joined(separator: "\n")
    }
}
