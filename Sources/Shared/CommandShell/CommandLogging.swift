public import ArgumentParser
public import Logging

/// The `--log-level` option that every long-running program has.
public struct LoggingOptions: ParsableArguments {
    /// Lines below this level are not written.
    @Option(help: "Least level that is logged: trace, debug, info, notice, warning, error or critical.")
    public var logLevel: Logger.Level = .info

    /// The standard level.
    public init() {}

    /// A logger called `label` that writes to standard error, where the journal of a systemd unit takes it.
    public func logger(label: String) -> Logger {
        var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = logLevel
        return logger
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
