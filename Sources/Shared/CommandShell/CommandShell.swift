public import ArgumentParser

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// How reeve's programs begin and end: arguments in, exit code and one sentence out.
public enum CommandShell {
    /// Parses the process's arguments as `command`, runs what they name, and ends the process: 0 when it is done, 1 when
    /// the job failed, 2 for bad arguments or configuration.
    public static func run<Command: AsyncParsableCommand>(_ command: Command.Type) async -> Never {
        do {
            var parsed = try command.parseAsRoot()
            if var asynchronous = parsed as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try parsed.run()
            }
            exit(0)
        } catch let failure as CommandFailure {
            let name = command.configuration.commandName ?? "reeve"
            writeLineToStandardError("\(name): \(failure.sentence)")
            exit(failure.exitCode)
        } catch where command.exitCode(for: error) == .failure && !(error is ExitCode) {
            writeLineToStandardError("\(command.configuration.commandName ?? "reeve"): \(error)")
            exit(1)
        } catch {
            let code = command.exitCode(for: error)
            let message = command.fullMessage(for: error)
            if code == .success {
                print(message)
                exit(0)
            }
            if !message.isEmpty { writeLineToStandardError(message) }
            // ArgumentParser's own code for bad arguments is EX_USAGE (64); here it is 2, as for bad configuration.
            exit(code == .validationFailure ? 2 : code.rawValue)
        }
    }

    /// Writes `line` to standard error (write(2)), where prose goes when standard output carries data.
    public static func writeLineToStandardError(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        // Where standard error itself is broken there is nobody left to tell.
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}

/// A command's failure with its sentence and exit code.
public struct CommandFailure: Error, Sendable {
    /// What went wrong and what is allowed, in one sentence.
    public let sentence: String
    /// 1 when the job failed, 2 for bad arguments or configuration.
    public let exitCode: Int32

    /// The job failed.
    public static func failed(_ sentence: String) -> Self { Self(sentence: sentence, exitCode: 1) }
    /// The arguments or the configuration cannot be used.
    public static func badConfiguration(_ sentence: String) -> Self { Self(sentence: sentence, exitCode: 2) }
}

extension CommandShell {
    /// The version that all of reeve's programs carry.
    public static let version = "0.1.0"
}
