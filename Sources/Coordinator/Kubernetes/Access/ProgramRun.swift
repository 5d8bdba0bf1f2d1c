import Dispatch
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// One run of a credential program.
struct ProgramRun: Sendable {
    /// How long a program may take, in milliseconds: it may ask a server of its own, but nobody at a keyboard.
    private static let patienceMilliseconds = 60_000
    /// The most that is read of what it prints, in bytes.
    private static let maximumOutputBytes = 1 << 20

    private let program: CredentialProgram

    init(_ program: CredentialProgram) { self.program = program }

    /// Runs it to its end. Throws `KubernetesError` when it cannot be run, fails, or prints nothing of use.
    func credential() async throws(KubernetesError) -> ExecCredential {
        let outcome: Result<Data, KubernetesError> = await withCheckedContinuation { continuation in
            // Reading a pipe and waiting for a process block their thread, so it must not be one of the executor's.
            DispatchQueue.global().async {
                do throws(KubernetesError) {
                    continuation.resume(returning: .success(try output()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try ExecCredential(output: try outcome.get(), of: program)
    }

    private func output() throws(KubernetesError) -> Data {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw failure("cannot be run: \(String(cString: strerror(errno)))") }
        defer { close(ends[0]) }
        // The program has its end as stdout and no other, or it would never see that nobody reads any more.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var identifier = pid_t()
        let status = spawn(writingTo: ends[1], identifier: &identifier)
        close(ends[1])
        guard status != ENOENT else { throw failure("is not installed\(program.installHint.map { ": \($0)" } ?? "")") }
        guard status == 0 else { throw failure("cannot be run: \(String(cString: strerror(status)))") }
        let (output, problem) = read(from: ends[0])
        // The whole group: what a script has started may outlive it.
        if problem != nil { kill(-identifier, SIGKILL) }
        var ending: Int32 = 0
        while waitpid(identifier, &ending, 0) < 0, errno == EINTR {}
        if let problem { throw failure(problem) }
        // WIFEXITED and WEXITSTATUS of wait(2), which are macros.
        let exitStatus = ending & 0x7f == 0 ? ending >> 8 & 0xff : 128 + ending & 0x7f
        guard exitStatus == 0 else { throw failure("ended with status \(exitStatus)") }
        return output
    }

    /// Starts the program in a process group of its own, with nothing to read, and with our stderr: what it complains
    /// of is the operator's to read, as with kubectl, and as it may be secret it enters no error. Returns errno.
    private func spawn(writingTo descriptor: Int32, identifier: inout pid_t) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, descriptor, STDOUT_FILENO)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        return Self.withCStrings([program.command] + program.arguments) { arguments in
            Self.withCStrings(environment().map { "\($0.key)=\($0.value)" }) { variables in
                posix_spawnp(&identifier, program.command, &actions, &attributes, arguments, variables)
            }
        }
    }

    /// Hands `texts` over as C wants lists of texts: ended by a null pointer, and only lent.
    private static func withCStrings<Outcome>(
        _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Outcome
    ) -> Outcome {
        let copies = texts.map { strdup($0) } + [nil]
        defer { for copy in copies { free(copy) } }
        return copies.withUnsafeBufferPointer { pointers in
            // The array has at least the null pointer, so it has an address.
            body(pointers.baseAddress.unsafelyUnwrapped)
        }
    }

    /// Reads to the end, or until there is a reason not to.
    private func read(from descriptor: Int32) -> (output: Data, problem: String?) {
        let clock = ContinuousClock()
        let deadline = clock.now + .milliseconds(Self.patienceMilliseconds)
        var output = Data()
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let left = (deadline - clock.now) / .milliseconds(1)
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard left > 0, poll(&waiting, 1, Int32(left.rounded(.up))) != 0 else {
                return (output, "took more than \(Self.patienceMilliseconds / 1_000) s")
            }
            let count = piece.withUnsafeMutableBytes { unistdRead(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return (output, nil) }
            output.append(contentsOf: piece[..<count])
            guard output.count <= Self.maximumOutputBytes else {
                return (output, "printed more than \(Self.maximumOutputBytes) bytes")
            }
        }
    }

    private func environment() -> [String: String] {
        var variables = ProcessInfo.processInfo.environment.merging(program.environment) { $1 }
        var spec: JSONValue = ["interactive": false]
        spec["cluster"] = program.cluster
        let information: JSONValue = [
            "apiVersion": .string(program.apiVersion), "kind": "ExecCredential", "spec": spec,
        ]
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        variables["KUBERNETES_EXEC_INFO"] = (try? encoder.encode(information)).map {
            String(decoding: $0, as: UTF8.self)
        }
        return variables
    }

    private func failure(_ problem: String) -> KubernetesError {
        KubernetesError(.configuration, "the credential program \(program.command) \(problem)")
    }
}

/// read(2), whose name a method above has.
private func unistdRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
