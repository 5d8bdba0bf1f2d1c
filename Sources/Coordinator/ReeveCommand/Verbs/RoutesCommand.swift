import ArgumentParser
import ControlAPI
import Routing

/// `reeve routes`: the proxy's workers, and orders about them.
struct RoutesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes", abstract: "Show the workers that invocations go to; add, remove, drain and reload them.",
        discussion: """
            What is added, removed and drained by an order holds until the next restart or reload: a reload makes the \
            configuration's list hold again, but for workers that drain, which go on draining.
            """,
        subcommands: [
            Show.self, Functions.self, Add.self, Remove.self, Drain.self, Reload.self, RoutesImportCommand.self,
        ],
        defaultSubcommand: Show.self)

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the workers, and what the proxy has done.")

        @OptionGroup var query: QueryOptions

        func run() async throws {
            try query.ask("routes", as: RoutesAnswer.self) { RoutesText.text(of: $0) }
        }
    }

    struct Functions: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how often each function was called, and how long it took.")

        @OptionGroup var query: QueryOptions

        func run() async throws {
            try query.ask("route-functions", as: RouteFunctionsAnswer.self) { RoutesText.text(of: $0) }
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a worker, or change the one at that address; one that drains takes requests again.")

        @Argument(help: "Where the worker is reached: host:port or http://host:port.")
        var url: String

        @Option(help: "What it speaks: \(WorkerKind.allCases.map(\.rawValue).joined(separator: ", ")).")
        var kind: String?

        @Option(help: "Its share of requests beside other workers': 0 to \(WorkerSpecification.greatestWeight).")
        var weight: Int?

        @Option(help: "The most requests it may have at once; without it there is no such limit.")
        var capacity: Int?

        @Option(help: "The cores it may use; without it they are learnt.")
        var cores: Double?

        @Option(help: "The node it runs on; without it its host stands for its machine.")
        var node: String?

        @OptionGroup var query: QueryOptions

        func run() async throws {
            var arguments = ["url": url]
            arguments["kind"] = kind
            arguments["weight"] = weight.map { "\($0)" }
            arguments["capacity"] = capacity.map { "\($0)" }
            arguments["cores"] = cores.map { "\($0)" }
            arguments["node"] = node
            try query.ask("route-add", arguments, as: RouteChangeAnswer.self) { RoutesText.line(of: $0) }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a worker nothing more, and forget it when its last request has ended.")

        @Argument(help: "Where the worker is reached.")
        var url: String

        @OptionGroup var query: QueryOptions

        func run() async throws {
            try query.ask("route-remove", ["url": url], as: RouteChangeAnswer.self) { RoutesText.line(of: $0) }
        }
    }

    struct Drain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a worker nothing more, but keep it in the list; add takes it back.")

        @Argument(help: "Where the worker is reached.")
        var url: String

        @OptionGroup var query: QueryOptions

        func run() async throws {
            try query.ask("route-drain", ["url": url], as: RouteChangeAnswer.self) { RoutesText.line(of: $0) }
        }
    }

    struct Reload: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read workers, registry and balancer anew from the coordinator's configuration.",
            discussion: """
                No connection is dropped. A file that cannot be used changes nothing. The same happens on the signal \
                SIGHUP, and on `systemctl reload reeve-coordinator`.
                """)

        @OptionGroup var query: QueryOptions

        func run() async throws {
            try query.ask("route-reload", as: RouteReloadAnswer.self) { RoutesText.text(of: $0) }
        }
    }
}
