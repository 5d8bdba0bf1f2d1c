import ArgumentParser
import CommandShell
import FoundationEssentials
import Messaging
import Wire

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// How an answer is printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json

    /// Whether standard output is a person's terminal, where colours help.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
}

/// The options of every verb that asks the coordinator.
struct QueryOptions: ParsableArguments {
    @Option(help: "The coordinator's query socket.")
    var socket = "/run/reeve/coordinator.sock"

    @Option(help: "Ask a coordinator on another machine instead, at an address such as tcp://10.0.0.1:5556.")
    var remote: String?

    @Option(help: "With --remote: the file with this operator's secret key.")
    var key: String?

    @Option(help: "With --remote: the file with the coordinator's public key.")
    var coordinatorKey: String?

    @Option(help: "How to print the answer: table or json.")
    var output = OutputFormat.table

    @Option(help: "How long to wait for the answer, in milliseconds.")
    var timeout = 5_000

    /// Asks `verb` and prints the JSON answer as it is, or what `table` makes of it. Throws `CommandFailure` with the
    /// coordinator's own sentence when it has no answer.
    func ask<Answer: Decodable>(
        _ verb: String, _ arguments: [String: String] = [:], as type: Answer.Type, table: (Answer) -> String
    ) throws(CommandFailure) {
        let json = try json(of: verb, arguments)
        switch output {
        case .json:
            print(String(decoding: json, as: UTF8.self))
        case .table:
            do {
                print(table(try JSONDecoder().decode(Answer.self, from: Data(json))))
            } catch {
                throw .failed("the coordinator's answer to \(verb) cannot be read: \(error)")
            }
        }
    }

    /// How the coordinator is reached. Throws `MessagingError` when a key cannot be read.
    private func role() throws -> SocketRole {
        guard let remote else { return .localDealer(connect: "ipc://\(socket)") }
        guard let key, let coordinatorKey else {
            throw CommandFailure.badConfiguration("--remote needs --key and --coordinator-key as well")
        }
        return .curveDealer(
            connect: remote, keys: try KeyFiles.readPair(secretAt: key),
            serverKey: try KeyFiles.readPublicKey(at: coordinatorKey))
    }

    /// The JSON answer to `verb`.
    func json(of verb: String, _ arguments: [String: String]) throws(CommandFailure) -> [UInt8] {
        let query = Query(id: 1, verb: verb, arguments: arguments)
        let reply: Reply
        do {
            let dealer = try BlockingDealer(role: try role())
            reply = try dealer.ask(query.encoded(), timeoutMilliseconds: timeout) { bytes in
                let reply = try Reply(decoding: bytes)
                return reply.id == query.id ? reply : nil
            }
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw .failed("\(error)")
        }
        switch reply.outcome {
        case .json(let json): return json
        case .failure(.badRequest, let sentence): throw .badConfiguration(sentence)
        case .failure(_, let sentence): throw .failed(sentence)
        }
    }
}
