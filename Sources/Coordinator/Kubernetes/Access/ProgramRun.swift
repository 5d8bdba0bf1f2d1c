import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// One run of a credential program.
struct ProgramRun: Sendable {
    /// How long a program may take, in seconds: it may ask a server of its own.
    private static let patienceSeconds = 60.0
    /// The most that is read of what it prints, in bytes.
    private static let maximumOutputBytes = 1 << 20

    private let program: CredentialProgram

    init(_ program: CredentialProgram) { self.program = program }

    /// Runs it to its end. Throws `KubernetesError` when it cannot be run, fails, or prints nothing of use.
    func credential() async throws(KubernetesError) -> ExecCredential {
        let outcome: Result<Data, KubernetesError> = await withCheckedContinuation { continuation in
            // Reading a pipe and waiting for a process block their thread, so it must not be one of the executor's.
            DispatchQueue.global().async { continuation.resume(returning: output()) }
        }
        return try ExecCredential(output: try outcome.get(), of: program)
    }

    private func output() -> Result<Data, KubernetesError> {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["--", program.command] + program.arguments
        process.environment = environment()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        // What it complains of is the operator's to read, as with kubectl; it may be secret, so it enters no error.
        process.standardError = FileHandle.standardError
        do { try process.run() } catch { return .failure(failure("cannot be run")) }
        let isTooLate = Atomic(false)
        let killer = DispatchWorkItem { [process] in
            isTooLate.store(true, ordering: .sequentiallyConsistent)
            Self.end(process)
        }
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.patienceSeconds, execute: killer)
        var output = Data()
        while output.count <= Self.maximumOutputBytes {
            let piece = pipe.fileHandleForReading.availableData
            guard !piece.isEmpty else { break }
            output.append(piece)
        }
        if output.count > Self.maximumOutputBytes { Self.end(process) }
        // Whatever still writes is ended by that.
        try? pipe.fileHandleForReading.close()
        process.waitUntilExit()
        killer.cancel()
        if isTooLate.load(ordering: .sequentiallyConsistent) {
            return .failure(failure("took more than \(Int(Self.patienceSeconds)) s"))
        }
        guard output.count <= Self.maximumOutputBytes else {
            return .failure(failure("printed more than \(Self.maximumOutputBytes) bytes"))
        }
        // env(1) says 127 when there is no such program.
        switch process.terminationStatus {
        case 0: return .success(output)
        case 127: return .failure(failure("is not installed\(program.installHint.map { ": \($0)" } ?? "")"))
        default: return .failure(failure("ended with status \(process.terminationStatus)"))
        }
    }

    /// Kills the program, with what it started where it leads a process group of its own: one of those that lived on would
    /// hold the pipe.
    private static func end(_ process: Process) {
        let identifier = process.processIdentifier
        kill(getpgid(identifier) == identifier ? -identifier : identifier, SIGKILL)
    }

    private func environment() -> [String: String] {
        var variables = ProcessInfo.processInfo.environment.merging(program.environment) { $1 }
        var spec: JSONValue = ["interactive": false]
        spec["cluster"] = program.cluster
        let information: JSONValue = [
            "apiVersion": .string(program.apiVersion), "kind": "ExecCredential", "spec": spec,
        ]
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        variables["KUBERNETES_EXEC_INFO"] = (try? encoder.encode(information)).map { String(decoding: $0, as: UTF8.self) }
        return variables
    }

    private func failure(_ problem: String) -> KubernetesError {
        KubernetesError(.configuration, "the credential program \(program.command) \(problem)")
    }
}
