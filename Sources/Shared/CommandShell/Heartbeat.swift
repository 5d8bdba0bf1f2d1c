import Synchronization

/// The sign of life of one thread, which that thread alone gives.
///
/// A timer would beat on while the thread it speaks for hangs in a lock or a system call. So the beat is given by the
/// thread's own loop, once in each turn, and whoever watches it sees whether turns are still completed.
public final class Heartbeat: Sendable {
    /// What beats, as a service manager's status line names it.
    public let name: String
    private let beats = Atomic<UInt64>(0)

    /// A heartbeat that has not begun.
    public init(_ name: String) {
        self.name = name
    }

    /// Says that the thread has completed another turn; costs one atomic addition.
    public func beat() {
        beats.wrappingAdd(1, ordering: .relaxed)
    }

    /// Whether the thread has completed its first turn.
    public var hasBegun: Bool { count > 0 }

    /// Turns completed so far; 0 until the thread has completed its first.
    var count: UInt64 { beats.load(ordering: .relaxed) }
}
