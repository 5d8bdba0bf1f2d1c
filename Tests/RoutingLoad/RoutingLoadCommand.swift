import ArgumentParser
import Foundation

/// The parts of the load that are processes of their own: workers that can be killed, and the clients.
@main
struct RoutingLoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routing-load", abstract: "Workers and clients of the proxy's load test.",
        subcommands: [Worker.self, Clients.self])

    struct Worker: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Serve until killed.")

        @Option(help: "The port on 127.0.0.1.")
        var port: Int

        @Option(help: "What the worker is called.")
        var name: String

        @Option(help: "The file that says what it did.")
        var journal: String

        @Flag(help: "End each connection at the first byte.")
        var refuse = false

        func run() async throws {
            try await LoadWorker.run(port: port, name: name, journal: Journal(path: journal), refuses: refuse)
        }
    }

    struct Clients: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Send requests, and write down what became of each.")

        @Option(help: "The proxy's port on 127.0.0.1.")
        var port: Int

        @Option(help: "How many requests.")
        var requests: Int

        @Option(help: "How many connections at once.")
        var connections: Int

        @Option(help: "The file for the outcomes, one byte for each request.")
        var results: String

        func run() async throws {
            let outcomes = try await LoadRun.outcomes(port: port, requests: requests, connections: connections)
            try Data(outcomes).write(to: URL(fileURLWithPath: results))
        }
    }
}
