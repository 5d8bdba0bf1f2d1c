import Foundation
import Kubernetes
import Logging

/// A process of its own that does what a coordinator does with the cluster: it keeps nodes, deployments and pods, and
/// nothing else. What it uses of the machine is measured from outside.
final class Holder {
    /// The word that makes the benchmark's own binary the holder.
    static let argument = "hold"
    /// What the holder prints once it knows everything.
    private static let ready = "ready"

    private let process = Process()

    /// Keeps the cluster until it is killed or its parent is gone.
    static func hold() async throws {
        let parent = getppid()
        try await KubernetesBenchmark.withClient(of: "coordinator") { client in
            let mapper = FunctionMapper(
                client: client, settings: MapperSettings(namespace: KubernetesBenchmark.namespace),
                logger: Logger(label: "holder"))
            let running = Task { await mapper.run() }
            defer { running.cancel() }
            while (try? await mapper.observe()) == nil { try await Task.sleep(for: .milliseconds(100)) }
            // Not print(), which keeps lines back from a pipe.
            try FileHandle.standardOutput.write(contentsOf: Data("\(ready)\n".utf8))
            while getppid() == parent { try await Task.sleep(for: .seconds(1)) }
        }
    }

    /// Starts it, and waits until it knows the cluster.
    init() throws {
        process.executableURL = URL(
            filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        process.arguments = [Self.argument]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        // The end of its output would be an empty piece.
        guard String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).hasPrefix(Self.ready) else {
            throw BenchmarkError(description: "the holder ended before it knew the cluster")
        }
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }

    /// What the process has used since its start.
    struct Usage {
        /// Time on a processor, in user and kernel mode, all threads together.
        var cpuSeconds: Double
        /// Memory that is resident at present.
        var residentMegabytes: Double
        /// The most that ever was.
        var mostMegabytes: Double
    }

    func usage() throws -> Usage {
        let folder = "/proc/\(process.processIdentifier)"
        let stat = try String(contentsOfFile: "\(folder)/stat", encoding: .utf8)
        // The name may hold blanks; what follows its bracket is fields 3 and on, of which 14 and 15 are ticks.
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ").dropFirst()
        let ticks = fields.dropFirst(11).prefix(2).compactMap { Double($0) }
        let status = try String(contentsOfFile: "\(folder)/status", encoding: .utf8).split(separator: "\n")
        func megabytes(_ name: String) -> Double? {
            let words = status.first { $0.hasPrefix("\(name):") }?.split { " :\t".contains($0) }
            return words.flatMap { $0.count > 1 ? Double($0[1]) : nil }.map { $0 * 1_024 / 1e6 }
        }
        guard ticks.count == 2, let resident = megabytes("VmRSS"), let most = megabytes("VmHWM") else {
            throw BenchmarkError(description: "\(folder) does not say what the holder uses")
        }
        return Usage(
            cpuSeconds: ticks.reduce(0, +) / Double(sysconf(Int32(_SC_CLK_TCK))), residentMegabytes: resident,
            mostMegabytes: most)
    }
}
