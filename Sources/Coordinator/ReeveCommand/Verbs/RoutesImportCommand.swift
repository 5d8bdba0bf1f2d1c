import ArgumentParser
import CommandShell
import ControlAPI
import Foundation
import Settings

/// `reeve routes import`: an olscheduler's configuration becomes one of ours.
struct RoutesImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Rewrite an olscheduler's JSON configuration as a coordinator's, on standard output.",
        discussion: """
            What the olscheduler does otherwise than this router is told on standard error. The result is a \
            coordinator that does nothing but route and answer queries.
            """)

    @Argument(help: "The olscheduler's configuration, or - for standard input.")
    var file: String

    func run() throws {
        let json: Data
        do {
            json =
                try file == "-"
                ? FileHandle.standardInput.readToEnd() ?? Data() : Data(contentsOf: URL(fileURLWithPath: file))
        } catch {
            throw CommandFailure.badConfiguration("\(file) cannot be read: \((error as NSError).localizedDescription)")
        }
        let imported: OlschedulerImport
        do throws(SettingsError) {
            imported = try OlschedulerImport(json: json)
        } catch {
            throw CommandFailure.badConfiguration("\(file): \(error)")
        }
        for warning in imported.warnings { CommandShell.writeLineToStandardError("warning: \(warning)") }
        print(imported.yaml, terminator: "")
    }
}
