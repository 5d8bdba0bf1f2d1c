import ArgumentParser
import CommandShell
import Messaging

/// `reeve keys`: the CURVE keys by which agents and coordinator know each other.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Make, show, allow and revoke the keys of agents and coordinator.",
        subcommands: [New.self, Show.self, Allow.self, Revoke.self])

    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Draw a new pair: NAME.key, to be kept secret, and NAME.pub, to be given to the other side.")
        @Argument(help: "What the key is for: an agent's key must be called like its node.")
        var name: String
        @Option(help: "The folder that the two files go into.")
        var folder = "."

        func run() throws {
            try orFail {
                let pair = try CurveKeyPair.generate()
                try KeyFiles.write(pair, name: name, in: folder)
                print(pair.publicKey)
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print the public half of a key file.")
        @Argument(help: "A .key or .pub file.")
        var file: String

        func run() throws {
            try orFail {
                let isSecret = file.hasSuffix(KeyFiles.secretSuffix)
                print(try isSecret ? KeyFiles.readPair(secretAt: file).publicKey : KeyFiles.readPublicKey(at: file))
            }
        }
    }

    struct Allow: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let an agent connect: put its public key into the allow-list, in force within a second.")
        @Argument(help: "The node that the key speaks for.")
        var name: String
        @Argument(help: "The agent's public key: a .pub file, or its 40 characters.")
        var key: String
        @Option(help: "The allow-list folder of the coordinator's configuration.")
        var folder: String

        func run() throws {
            try orFail {
                let key = try (try? CurvePublicKey(text: key)) ?? KeyFiles.readPublicKey(at: key)
                try KeyFiles.allow(key, name: name, in: folder)
            }
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shut an agent out: nothing more of it is taken within a second, connected or not.")
        @Argument(help: "The node whose key is taken out of the allow-list.")
        var name: String
        @Option(help: "The allow-list folder of the coordinator's configuration.")
        var folder: String

        func run() throws {
            try orFail { try KeyFiles.revoke(name: name, in: folder) }
        }
    }
}

/// Runs `body`, turning a `MessagingError` into the command's failure.
private func orFail(_ body: () throws -> Void) throws(CommandFailure) {
    do {
        try body()
    } catch {
        throw .failed("\(error)")
    }
}
