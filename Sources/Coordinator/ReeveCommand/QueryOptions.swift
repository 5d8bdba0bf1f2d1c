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
    /// Values with commas between, for what is a list of numbers.
    case csv

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

    @Option(help: "How to print the answer: table or json; of the history csv, too.")
    var output = OutputFormat.table

    @Option(help: "How long to wait for the answer, in milliseconds; 5000 where the command does not say otherwise.")
    var timeout: Int?

    /// How long an answer may take that nothing has to happen for, in milliseconds.
    static let standardTimeout = 5_000

    /// Asks `verb`, prints the JSON answer as it is, or what `table` makes of it, and returns it. It is waited for as long
    /// as the option says, or else `milliseconds`. Throws `CommandFailure` with the coordinator's own sentence when it has
    /// no answer.
    @discardableResult
    func ask<Answer: Decodable>(
        _ verb: String, _ arguments: [String: String] = [:], as type: Answer.Type,
        within milliseconds: Int = QueryOptions.standardTimeout, table: (Answer) -> String
    ) throws(CommandFailure) -> Answer {
        guard output != .csv else {
            throw .badConfiguration("--output is csv: allowed is table or json; csv is for reeve history alone")
        }
        let json = try json(of: verb, arguments, within: milliseconds)
        let answer = try read(type, from: json, verb: verb)
        show(json, as: table(answer))
        return answer
    }

    /// The answer to `verb` in `json`.
    func read<Answer: Decodable>(
        _ type: Answer.Type, from json: [UInt8], verb: String
    ) throws(CommandFailure) -> Answer {
        do {
            return try JSONDecoder().decode(type, from: Data(json))
        } catch {
            throw .failed("the coordinator's answer to \(verb) cannot be read: \(error)")
        }
    }

    /// Prints the JSON answer as it is, or the `text` made of it.
    func show(_ json: [UInt8], as text: @autoclosure () -> String) {
        switch output {
        case .json: print(String(decoding: json, as: UTF8.self))
        case .table, .csv: print(text())
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

    /// The JSON answer to `verb`, which is waited for as long as the option says, or else `milliseconds`.
    func json(
        of verb: String, _ arguments: [String: String], within milliseconds: Int = QueryOptions.standardTimeout
    ) throws(CommandFailure) -> [UInt8] {
        let query = Query(id: 1, verb: verb, arguments: arguments)
        let reply: Reply
        do {
            let dealer = try BlockingDealer(role: try role())
            reply = try dealer.ask(query.encoded(), timeoutMilliseconds: timeout ?? milliseconds) { bytes in
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
