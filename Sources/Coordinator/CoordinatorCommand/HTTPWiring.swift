import Cluster
import CommandShell
import ControlAPI
import FoundationEssentials
import HTTPAPI
import Logging
import Measures
import Settings

/// Builds what serves health, metrics and the API.
struct HTTPWiring {
    let configuration: CoordinatorConfiguration
    let logger: Logger
    let time: SystemTime

    /// Adds the server where the configuration has one: last, so that it is the first to be shut down, and shows all the
    /// others.
    func add(to built: inout CoordinatorWiring.Parts) throws(SettingsError) {
        guard let http = configuration.http else { return }
        let responder = CoordinatorResponder(parts: built.answers, version: CommandShell.version, time: time)
        do throws(HTTPServiceError) {
            built.services.append(
                try HTTPService(
                    settings: http,
                    sources: .init(
                        responder: responder, parts: built.answers, checks: checks(of: built),
                        version: CommandShell.version),
                    time: time, unixSeconds: { Int64(Date().timeIntervalSince1970) }, logger: logger))
        } catch {
            throw SettingsError(error.description)
        }
    }

    /// Each thread that keeps sockets must have begun, the journal must answer, and the cluster must be known.
    private func checks(of built: CoordinatorWiring.Parts) -> [ReadinessCheck] {
        var checks = built.heartbeats.map { heartbeat in
            ReadinessCheck(heartbeat.name) { heartbeat.hasBegun ? nil : "its thread has not begun yet" }
        }
        if let journal = built.answers.journal {
            checks.append(
                ReadinessCheck("journal") {
                    do {
                        _ = try journal.newest(limit: 1)
                        return nil
                    } catch {
                        return "the journal cannot be read: \(error)"
                    }
                })
        }
        if let cluster = built.answers.cluster {
            checks.append(
                ReadinessCheck("cluster") {
                    do {
                        _ = try await cluster.observe()
                        return nil
                    } catch {
                        return "the cluster is not known: \(error)"
                    }
                })
        }
        return checks
    }
}
