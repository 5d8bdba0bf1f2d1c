import Foundation
import Learning

/// The machine an experiment ran on, as far as its numbers depend on it: results repeat bit for bit on one CPU type and
/// one BLAS configuration.
public struct MachineDescription: Sendable, Hashable, Codable {
    /// The kernel's name of the CPU; "unknown" where it tells none.
    public let cpu: String
    /// Logical CPUs that may be used.
    public let logicalCPUs: Int
    /// The matrix library's own description of itself.
    public let blas: String

    /// The machine that this runs on.
    public static var current: MachineDescription {
        let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
        let model = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
        return MachineDescription(
            cpu: model.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown",
            logicalCPUs: ProcessInfo.processInfo.activeProcessorCount, blas: BLAS.configuration)
    }
}
