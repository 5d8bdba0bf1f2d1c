import ArgumentParser
import CommandShell
import ControlAPI
import Foundation
import Settings

/// `reeve backup`: what the coordinator keeps, copied while it runs.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy journal, history and learner into a folder, beside a running coordinator.",
        discussion: "Keys, tokens and the configuration are not copied.")

    @Argument(help: "The folder, new or empty.")
    var folder: String

    @OptionGroup var place: BackupOptions

    func run() async throws {
        let manifest = try place.attempt {
            let backup = try CoordinatorBackup(folder: folder, of: try place.read())
            _ = try backup.write(version: CommandShell.version, at: Date().timeIntervalSince1970)
            return try backup.verify()
        }
        for part in manifest.parts { print("\(part.kind.rawValue): \(part.path) to \(folder)/\(part.kind.fileName)") }
    }
}

/// `reeve restore`: what was copied, put back.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a backup back while the coordinator is stopped.",
        discussion: """
            The backup is looked over first. What stands in its places is kept beside them, with .before- and the time behind \
            the names.
            """)

    @Argument(help: "The folder that reeve backup has written.")
    var folder: String

    @Flag(help: "Look whether the backup is whole, and change nothing.")
    var check = false

    @OptionGroup var place: BackupOptions

    func run() async throws {
        let manifest = try place.attempt {
            let backup = try CoordinatorBackup(folder: folder, of: try place.read())
            let manifest = try backup.verify()
            if !check { try backup.restore(manifest, at: Date().timeIntervalSince1970) }
            return manifest
        }
        let parts = manifest.parts.map(\.kind.rawValue).joined(separator: ", ")
        let when = HistoryMoment.text(unixSeconds: manifest.takenAtUnixSeconds)
        print("\(parts) of \(when), by reeve \(manifest.version): \(check ? "whole" : "restored")")
    }
}

/// Where the coordinator's files are.
struct BackupOptions: ParsableArguments {
    @Option(help: "The coordinator's configuration, which says where its files are.")
    var config = "/etc/reeve/coordinator.yaml"

    func read() throws -> CoordinatorConfiguration {
        do {
            return try CoordinatorConfiguration(yaml: String(contentsOfFile: config, encoding: .utf8))
        } catch let error as SettingsError {
            throw CommandFailure.badConfiguration("\(config): \(error.description)")
        } catch {
            throw CommandFailure.badConfiguration("\(config) cannot be read: \(error)")
        }
    }

    /// What `body` returns; what it throws as a `CommandFailure`.
    func attempt<Result>(_ body: () throws -> Result) throws(CommandFailure) -> Result {
        do {
            return try body()
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw .failed("\(error)")
        }
    }
}
