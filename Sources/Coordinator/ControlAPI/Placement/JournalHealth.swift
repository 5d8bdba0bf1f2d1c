import Synchronization

/// Whether the journal takes what is written. Control goes on while it does not, as on a full disk, so it must be told.
public final class JournalHealth: Sendable {
    private let guarded = Mutex<(failures: UInt64, newest: String?)>((0, nil))

    /// How many entries it could not take since the start, and why, while it takes none.
    public var state: (failures: UInt64, newest: String?) { guarded.withLock { $0 } }

    func noteTaken() { guarded.withLock { $0.newest = nil } }

    func noteFailure(_ sentence: String) {
        guarded.withLock { guarded in
            guarded.failures += 1
            guarded.newest = sentence
        }
    }
}
