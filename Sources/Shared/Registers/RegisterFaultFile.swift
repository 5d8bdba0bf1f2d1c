import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The faults that lie beside a regular file of registers, read again whenever their file was replaced or changed.
final class RegisterFaultFile: Sendable {
    private struct Version: Equatable {
        var device, inode, size: UInt64
        var seconds, nanoseconds: Int
    }

    private struct State {
        /// Kept open, so that the kernel cannot give its inode number to a later version of the file.
        var descriptor: Int32
        var version: Version
        var lines: [(fault: RegisterFault, left: Int?)]
        /// Where the lines of each register stand, nil for those of all.
        var places: [RegisterAddress?: [Int]]
    }

    private let path: String
    private let state: Mutex<State>

    /// The faults in the file `path`, nil when there is no such file.
    init?(path: String) {
        guard let first = Self.load(path) else { return nil }
        self.path = path
        state = Mutex(first)
    }

    deinit { state.withLock { _ = close($0.descriptor) } }

    /// The error number that a call on `register` fails with, 0 when it goes through.
    func strike(_ register: RegisterAddress?, _ call: RegisterFault.Calls) -> Int32 {
        state.withLock { state in
            refresh(&state)
            for key in register == nil ? [nil] : [register, nil] {
                for index in state.places[key] ?? [] where state.lines[index].left != 0 {
                    guard !state.lines[index].fault.calls.isDisjoint(with: call) else { continue }
                    if let left = state.lines[index].left { state.lines[index].left = left - 1 }
                    return state.lines[index].fault.errorNumber
                }
            }
            return 0
        }
    }

    /// Reads the file again when it is not the version at hand. While it is missing the last version holds: a folder
    /// that is being taken away must not bring its CPU back.
    private func refresh(_ state: inout State) {
        var status = stat()
        guard stat(path, &status) == 0, Self.version(status) != state.version, let next = Self.load(path) else {
            return
        }
        close(state.descriptor)
        state = next
    }

    private static func load(_ path: String) -> State? {
        let descriptor = retryingInterrupted { open(path, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            close(descriptor)
            return nil
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = retryingInterrupted { pread(descriptor, &chunk, chunk.count, off_t(bytes.count)) }
            guard count > 0 else { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        let faults = lines.compactMap { RegisterFault(line: $0) }
        return State(
            descriptor: descriptor, version: version(status), lines: faults.map { (fault: $0, left: $0.count) },
            places: Dictionary(grouping: faults.indices) { faults[$0].register })
    }

    private static func version(_ status: stat) -> Version {
        Version(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: UInt64(status.st_size),
            seconds: Int(status.st_mtim.tv_sec), nanoseconds: Int(status.st_mtim.tv_nsec))
    }
}
