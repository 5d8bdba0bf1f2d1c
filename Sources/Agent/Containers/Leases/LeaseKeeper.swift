import Measures
import Topology

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Carries out what the lease book says: the shell between it and the kernel's files.
///
/// Not Sendable: one thread makes it and calls it. `close()` gives everything back; a keeper that is dropped without it
/// leaves its record behind, as a killed agent does, and the next one gives back from that.
final class LeaseKeeper {
    private let settings: LeaseSettings
    private let sampler: ContainerSampler
    private let files: any LimitFiles
    private let record: LeaseRecord
    private let subjects: SubjectReader
    private let time: any TimeSource
    private let lock: RecordLock
    private var book: LeaseBook
    private var containers: [LeaseID: TrackedContainer] = [:]
    private var lookAt: MonotonicInstant
    private var compareAt: MonotonicInstant
    private var events: [LeaseEvent] = []
    private var droppedEvents: UInt64 = 0

    /// Lines of the record that an earlier agent left which could not be understood.
    let unreadableLines: Int

    /// Events kept until somebody takes them.
    static let keptEvents = 256

    /// Gives back what an earlier agent has left behind. Throws `ContainerError` when the record cannot be written, or
    /// when another agent holds it.
    init(
        settings: LeaseSettings, cgroupRoot: String, sampler: ContainerSampler, files: any LimitFiles,
        time: any TimeSource
    ) throws(ContainerError) {
        self.settings = settings
        self.sampler = sampler
        self.files = files
        subjects = SubjectReader(layout: sampler.layout, files: files)
        self.time = time
        lock = try RecordLock(path: settings.statePath + ".lock")
        record = LeaseRecord(path: settings.statePath, cgroupRoot: cgroupRoot)
        let left = record.load()
        book = LeaseBook(
            settings: settings, pageBytes: UInt64(max(sysconf(Int32(_SC_PAGESIZE)), 1)), recorded: left.leases)
        unreadableLines = left.unreadableLines
        lookAt = time.now
        compareAt = time.now
        // Before anything is changed it must be certain that it can be recorded.
        try record.store(book.recorded)
        perform(book.tick(at: time.now))
    }

    /// The leases in force, and those that are being given back.
    var held: [HeldLease] { book.held(at: time.now) }

    /// When `turn` is to be called at the latest; nil when there is nothing to wait for.
    var deadline: MonotonicInstant? {
        guard let deadline = book.deadline else { return nil }
        return containers.isEmpty ? deadline : min(deadline, lookAt)
    }

    /// What became of leases since the last call, oldest first, and how many events were dropped before somebody asked.
    func takeEvents() -> (events: [LeaseEvent], dropped: UInt64) {
        defer {
            events = []
            droppedEvents = 0
        }
        return (events, droppedEvents)
    }

    /// Takes a request.
    func take(_ request: LeaseRequest) {
        let container = sampler.container(request.containerID)
        let isNew = containers[request.id] == nil
        let subject = isNew ? container.map { subjects.subject(of: $0, in: sampler.buffer) } : nil
        // The book asks for the changes at once, and forgets the container with the lease.
        if isNew, let container { containers[request.id] = container }
        perform(book.take(request, of: subject, at: time.now))
        forgetEnded()
    }

    /// Ends a lease.
    func end(_ id: LeaseID) {
        perform(book.end(id, at: time.now))
        forgetEnded()
    }

    /// Looks at the leased containers when it is time to, and ends what is over.
    func turn() {
        perform(book.tick(at: time.now))
        if time.now >= lookAt {
            let isComparing = time.now >= compareAt
            if isComparing { compareAt = time.now.advanced(byNanoseconds: settings.windowNanoseconds) }
            lookAt = time.now.advanced(byNanoseconds: settings.watchNanoseconds)
            for lease in book.watched {
                let look = look(at: lease.id, watch: lease.watch, changes: isComparing ? lease.changes : [])
                perform(book.observe(lease.id, look, at: time.now))
            }
        }
        forgetEnded()
    }

    /// Gives everything back; what cannot be given back stays on record for the next agent.
    func close() {
        perform(book.endAll(at: time.now))
        forgetEnded()
    }

    private func forgetEnded() {
        guard !containers.isEmpty else { return }
        let present = Set(book.recorded.map(\.id))
        containers = containers.filter { present.contains($0.key) }
    }

    private func look(at id: LeaseID, watch: GrantWatch, changes: [LimitChange]) -> LeaseBook.Look {
        guard let container = containers[id] else { return .gone }
        for change in changes {
            do throws(LimitFileError) {
                let text = try files.read(change.path)
                guard text == change.granted else {
                    return .changedElsewhere("\(change.path) holds \(text.debugDescription) now and is left so")
                }
            } catch {
                if error.meansGone { return .gone }
            }
        }
        guard let cpu = container.cpuTime(time: time, in: sampler.buffer) else { return .gone }
        var use = LeaseUse(takenAt: cpu.takenAt)
        if watch.needsCPU {
            use.cpuNanoseconds = cpu.nanoseconds
            use.throttledPeriods = container.throttledPeriods(in: sampler.buffer)
        }
        if watch.needsMemory, let usage = container.memoryUsageBytes(in: sampler.buffer),
            !watch.isFar(usageBytes: usage)
        {
            use.workingSetBytes = container.memory(in: sampler.buffer)?.workingSetBytes
        }
        return .use(use)
    }

    private func perform(_ actions: [LeaseBook.Action]) {
        for action in actions {
            switch action {
            case .apply(let id, let changes):
                perform(book.didApply(id, failure: apply(changes), at: time.now))
                // The watch begins with what the container had used when the limits came into force.
                for lease in book.watched where lease.id == id {
                    perform(book.observe(id, look(at: id, watch: lease.watch, changes: []), at: time.now))
                }
            case .giveBack(let id, let changes):
                perform(book.didGiveBack(id, changes.map { giveBack($0) }, at: time.now))
            case .store:
                // The record then still names a lease that has ended; the next agent finds its limits given back.
                try? record.store(book.recorded)
            case .report(let event):
                if events.count >= Self.keptEvents {
                    events.removeFirst()
                    droppedEvents += 1
                }
                events.append(event)
            }
        }
    }

    /// Records and makes the changes; returns what went wrong, in one sentence.
    private func apply(_ changes: [LimitChange]) -> String? {
        do throws(ContainerError) {
            try record.store(book.recorded)
        } catch {
            return error.description
        }
        for change in changes {
            do throws(LimitFileError) {
                try files.write(change.granted, to: change.path)
                let text = try files.read(change.path)
                guard text == change.granted else {
                    // What the kernel made of it would not be known again as this agent's; it is not left in force.
                    try files.write(change.previous, to: change.path)
                    return deviation(of: change.path, holding: text, after: change.granted)
                }
            } catch {
                return error.description
            }
        }
        return nil
    }

    private func giveBack(_ change: LimitChange) -> Restoration {
        do throws(LimitFileError) {
            let text = try files.read(change.path)
            if text == change.previous { return .restored }
            guard text == change.granted else { return .foreign(text) }
            try files.write(change.previous, to: change.path)
            let after = try files.read(change.path)
            return after == change.previous
                ? .restored
                : .failed(deviation(of: change.path, holding: after, after: change.previous))
        } catch {
            return error.meansGone ? .gone : .failed(error.description)
        }
    }

    private func deviation(of path: String, holding text: String, after written: String) -> String {
        "\(path) held \(text.debugDescription) after \(written.debugDescription) was written"
    }
}
