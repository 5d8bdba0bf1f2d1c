import Registers
import Synchronization

/// The registers of one virtual CPU, with faults between them and the reader that a file cannot have: reads that fail, a
/// CPU that is gone, counters that stand still.
final class FaultyRegisters: RegisterFile {
    struct Faults {
        /// What every access fails with, as on a CPU that is offline.
        var all: RegisterError.Failure?
        var failing: [RegisterAddress: RegisterError.Failure] = [:]
        /// Registers that give the same value at each read, once they have been read.
        var stuck: [RegisterAddress: UInt64?] = [:]
    }

    let name: String
    private let file: FileRegisters
    private let faults = Mutex(Faults())

    init(path: String) throws {
        name = path
        file = try FileRegisters(path: path, writable: true)
    }

    func change(_ body: (inout Faults) -> Void) { faults.withLock { body(&$0) } }

    /// Throws what an opening of the CPU's device would fail with.
    func checkOpening() throws(RegisterError) {
        if let failure = faults.withLock({ $0.all }) {
            throw RegisterError(operation: .open, path: name, failure: failure)
        }
    }

    func read(_ register: RegisterAddress) throws(RegisterError) -> UInt64 {
        try check(.read, register)
        let value = try file.read(register)
        return faults.withLock { faults in
            guard let held = faults.stuck[register] else { return value }
            if held == nil { faults.stuck[register] = .some(value) }
            return held ?? value
        }
    }

    func write(_ value: UInt64, to register: RegisterAddress) throws(RegisterError) {
        try check(.write, register)
        try file.write(value, to: register)
    }

    /// The registers themselves, as hardware or another program would change them.
    var hardware: FileRegisters { file }

    private func check(_ operation: RegisterError.Operation, _ register: RegisterAddress) throws(RegisterError) {
        if let failure = faults.withLock({ $0.all ?? $0.failing[register] }) {
            throw RegisterError(operation: operation, path: name, address: register.rawValue, failure: failure)
        }
    }
}
