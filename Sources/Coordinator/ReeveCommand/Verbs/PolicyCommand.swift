import ArgumentParser
import CommandShell
import ControlAPI

/// `reeve policy`: what decides, and orders about it.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Show what decides over placement, or start another session.",
        subcommands: [Show.self, Train.self, Evaluate.self], defaultSubcommand: Show.self)

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the present session.")
        @OptionGroup var query: QueryOptions

        func run() async throws { try query.order("policy") }
    }

    struct Train: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Start a training with a new learner.")
        @OptionGroup var session: SessionOptions
        @OptionGroup var query: QueryOptions

        func run() async throws { try query.order("policy-start", session.arguments) }
    }

    struct Evaluate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Act by what has been learnt, and learn no more.")
        @OptionGroup var session: SessionOptions
        @OptionGroup var query: QueryOptions

        func run() async throws { try query.order("policy-evaluate", session.arguments) }
    }
}

/// `reeve pause`: no more decisions until `reeve resume`.
struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Take no more decisions; everything stays where it is.")
    @OptionGroup var query: QueryOptions

    func run() async throws { try query.order("pause") }
}

/// `reeve resume`: decisions go on.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "resume", abstract: "Go on after a pause.")
    @OptionGroup var query: QueryOptions

    func run() async throws { try query.order("resume") }
}

/// What a session is started with; what is not given stays as in the present one.
struct SessionOptions: ParsableArguments {
    @Option(help: "Who decides: fullmap, custom, kubernetes, oracle, native, blind or random.")
    var scheduler: String?

    @Option(help: "How the learner learns: thesis or reeve.")
    var preset: String?

    @Option(help: "The learner's seed.")
    var seed: Int64?

    @Option(help: "The steps over which exploration is spread.")
    var steps: Int?

    /// The options as a query's arguments.
    var arguments: [String: String] {
        let all: [(String, String?)] = [
            ("scheduler", scheduler), ("preset", preset), ("seed", seed.map(String.init)), ("steps", steps.map(String.init)),
        ]
        return Dictionary(uniqueKeysWithValues: all.compactMap { name, value in value.map { (name, $0) } })
    }
}

extension QueryOptions {
    /// Gives an order and prints the session as it is then.
    fileprivate func order(_ verb: String, _ arguments: [String: String] = [:]) throws(CommandFailure) {
        try ask(verb, arguments, as: PolicyAnswer.self) { PolicyText.line(of: $0.session) }
    }
}
