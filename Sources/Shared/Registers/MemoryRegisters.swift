import Synchronization

/// Registers held in memory, with faults to order: what a unit test puts in place of the msr device.
public final class MemoryRegisters: RegisterFile {
    private struct State {
        var values: [RegisterAddress: UInt64]
        var readFaults: [RegisterAddress: RegisterError.Failure] = [:]
        var writeFaults: [RegisterAddress: RegisterError.Failure] = [:]
        var swallowed: Set<RegisterAddress> = []
        var writes: [RegisterAddress] = []
    }

    /// What errors call the registers.
    public let name: String
    private let state: Mutex<State>

    /// Registers with the given values; every other one is unsupported. `name` stands in errors where a path would.
    public init(name: String = "memory", _ values: [RegisterAddress: UInt64] = [:]) {
        self.name = name
        state = Mutex(State(values: values))
    }

    /// The register's value; throws its scripted fault, or `.shortTransfer` where there is no such register.
    public func read(_ register: RegisterAddress) throws(RegisterError) -> UInt64 {
        let (fault, value) = state.withLock { ($0.readFaults[register], $0.values[register]) }
        guard fault == nil, let value else {
            throw RegisterError(
                operation: .read, path: name, address: register.rawValue, failure: fault ?? .shortTransfer)
        }
        return value
    }

    /// Sets the register and notes that it was written; throws its scripted fault.
    public func write(_ value: UInt64, to register: RegisterAddress) throws(RegisterError) {
        let fault = state.withLock { state in
            if state.writeFaults[register] == nil {
                if !state.swallowed.contains(register) { state.values[register] = value }
                state.writes.append(register)
            }
            return state.writeFaults[register]
        }
        if let fault {
            throw RegisterError(operation: .write, path: name, address: register.rawValue, failure: fault)
        }
    }

    /// Makes every later read of `register` fail, or succeed again with nil.
    public func failReads(of register: RegisterAddress, with failure: RegisterError.Failure?) {
        state.withLock { $0.readFaults[register] = failure }
    }

    /// Makes every later write of `register` fail, or succeed again with nil.
    public func failWrites(of register: RegisterAddress, with failure: RegisterError.Failure?) {
        state.withLock { $0.writeFaults[register] = failure }
    }

    /// Makes every later write of `register` succeed without effect, as a hypervisor may.
    public func swallowWrites(of register: RegisterAddress) {
        state.withLock { _ = $0.swallowed.insert(register) }
    }

    /// All registers and their values at this moment.
    public var contents: [RegisterAddress: UInt64] { state.withLock { $0.values } }

    /// The registers written so far, in order.
    public var writes: [RegisterAddress] { state.withLock { $0.writes } }
}
