import ControlAPI
import FoundationEssentials
import Logging
import Settings

/// Builds what a configuration asks for without running it: the keys, tokens, certificates, workflows, registry and kubeconfig
/// that the configuration names are read by that. Of what only a running coordinator reads, it looks whether it can be read.
struct ConfigurationCheck {
    let configuration: CoordinatorConfiguration
    let logger: Logger

    /// Throws `SettingsError` naming the key behind the first thing that cannot be used. A coordinator may be running beside
    /// it: its databases are not opened, nobody is asked anything, and no address is bound.
    func run() throws {
        try named("store.journal") { try requireFolder(of: configuration.store?.journalPath) }
        try named("store.history.file") { try requireFolder(of: configuration.store?.history?.path) }
        try named("placement.warmStart") { try requireFile(at: configuration.placement?.warmStartPath) }
        try named("workflows.authorities") { try requireFile(at: configuration.workflows?.authoritiesPath) }
        let files = FileManager.default
        let folder = files.temporaryDirectory.appendingPathComponent("reeve-check-\(UUID().uuidString)")
        defer { try? files.removeItem(at: folder) }
        try named("the folder for temporary files") {
            try files.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        var tried = configuration
        tried.store?.journalPath = folder.appendingPathComponent("journal.sqlite").path
        tried.store?.history?.path = folder.appendingPathComponent("history.sqlite").path
        _ = try CoordinatorWiring(configuration: tried, logger: logger) { [tried] () throws(SettingsError) in tried }.build()
    }

    private func requireFolder(of path: String?) throws {
        guard let path else { return }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        var isFolder = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder else {
            throw SettingsError("\(folder) is no folder: allowed is a file in a folder that is there")
        }
    }

    private func requireFile(at path: String?) throws {
        guard let path, !FileManager.default.isReadableFile(atPath: path) else { return }
        throw SettingsError("\(path) cannot be read: allowed is a file that is there, and that this user may read")
    }
}
