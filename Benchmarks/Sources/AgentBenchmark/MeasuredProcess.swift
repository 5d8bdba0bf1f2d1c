internal import BarePreads
internal import Foundation

/// A program that runs beside the benchmark and whose use of the machine is measured from outside.
final class MeasuredProcess {
    private let program: String
    private let identifier: pid_t

    /// Starts `program`; what it prints goes to `log`.
    init(_ program: String, _ arguments: [String], log: String) throws {
        self.program = program
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO)
        // A thread of Swift's pool has nearly all signals blocked, and a child would keep them so.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var identifier: pid_t = 0
        let status = posix_spawn(&identifier, program, &files, &attributes, &words, environ)
        guard status == 0 else {
            throw BenchmarkError(description: "cannot start \(program): \(String(cString: strerror(status)))")
        }
        self.identifier = identifier
    }

    deinit {
        kill(identifier, SIGTERM)
        var status: Int32 = 0
        waitpid(identifier, &status, 0)
    }

    private var isRunning: Bool {
        var status: Int32 = 0
        return waitpid(identifier, &status, WNOHANG) == 0
    }

    /// What the process has used so far. Throws when it has ended.
    func usage() throws -> Usage {
        let time = bare_process_time(identifier)
        guard isRunning, time >= 0 else {
            throw BenchmarkError(description: "\(program) ended early")
        }
        func field(_ name: String, of file: String) throws -> Int {
            let path = "/proc/\(identifier)/\(file)"
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            let words = lines.first { $0.hasPrefix(name + ":") }?.split { " :\t".contains($0) }
            guard let words, words.count > 1, let value = Int(words[1]) else {
                throw BenchmarkError(description: "\(path) has no \(name)")
            }
            return value
        }
        return Usage(
            cpuSeconds: Double(time) * 1e-9, reads: try field("syscr", of: "io"),
            residentKilobytes: try field("VmRSS", of: "status"), ownKilobytes: try field("RssAnon", of: "status"))
    }
}

/// What a process has used since its start.
struct Usage {
    /// Time on a processor, in user and kernel mode, all threads together.
    var cpuSeconds: Double
    /// Calls of read and pread.
    var reads: Int
    /// Memory that is resident at present, shared libraries included.
    var residentKilobytes: Int
    /// The part of it that belongs to the process alone.
    var ownKilobytes: Int
}

struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
}
