import Synchronization

@testable import Counters

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Performance events that count in memory as they are told, with the kernel's faults to order: what a test puts in
/// place of the kernel.
final class ScriptedPerfDoor: PerfDoor {
    private struct Key: Hashable {
        var code: PerfEventCode?
        var cpu: Int?
    }

    private struct OpenEvent {
        let code: PerfEventCode
        let cpu: Int
        let isPinned: Bool
        var isEnabled: Bool
        /// The events that are read with this one, itself first; empty for a member of another's group.
        var members: [Int32]
        var isEvicted = false
        var isDetached = false
        var enabled: UInt64 = 0
        var running: UInt64 = 0
        var count: UInt64 = 0
    }

    private struct State {
        let cpus: Set<Int>
        var offline: Set<Int> = []
        var rates: [Key: UInt64] = [:]
        var openFaults: [Key: Int32] = [:]
        var readFaults: [Int: Int32] = [:]
        var softwareTypes: Set<UInt32> = [1]
        var countersAccepted = Int.max
        var countersFree = Int.max
        var shares: [Int: (running: UInt64, of: UInt64)] = [:]
        var descriptors = Int.max
        var events: [Int32: OpenEvent] = [:]
        var lastHandle: Int32 = 100
        var reads = 0

        func rate(_ code: PerfEventCode, _ cpu: Int) -> UInt64? {
            rates[Key(code: code, cpu: cpu)] ?? rates[Key(code: code)]
        }

        func openFault(_ code: PerfEventCode, _ cpu: Int) -> Int32? {
            openFaults[Key(code: code, cpu: cpu)] ?? openFaults[Key(code: code)] ?? openFaults[Key(cpu: cpu)]
                ?? openFaults[Key()]
        }

        func hardwareEvents(_ members: [Int32]) -> Int {
            members.count { events[$0].map { !softwareTypes.contains($0.code.type) } ?? false }
        }
    }

    private let state: Mutex<State>

    /// A machine with these CPUs, on which no event exists yet.
    init(cpus: some Sequence<Int>) { state = Mutex(State(cpus: Set(cpus))) }

    // MARK: The script

    /// Makes `code` exist and count `perSecond` in each second that it runs, on `cpu` or on all CPUs without a rate of
    /// their own.
    func count(_ code: PerfEventCode, perSecond: UInt64, on cpu: Int? = nil) {
        state.withLock { $0.rates[Key(code: code, cpu: cpu)] = perSecond }
    }

    /// Makes opening fail from now on, or succeed again with nil: of one event or all, on one CPU or all.
    func refuse(opening code: PerfEventCode? = nil, on cpu: Int? = nil, with number: Int32?) {
        state.withLock { $0.openFaults[Key(code: code, cpu: cpu)] = number }
    }

    /// Makes reading on `cpu` fail from now on, or succeed again with nil.
    func refuse(readingOn cpu: Int, with number: Int32?) { state.withLock { $0.readFaults[cpu] = number } }

    /// Makes events of `type` take no counter, as the kernel's software events and its msr unit do.
    func takeNoCounter(type: UInt32) { state.withLock { _ = $0.softwareTypes.insert(type) } }

    /// Gives each CPU as many counters: a group of more is refused. `free` of them are left over by pinned events of
    /// others; a group of more opens, and never runs.
    func setCounters(_ accepted: Int, free: Int) {
        state.withLock {
            $0.countersAccepted = accepted
            $0.countersFree = free
        }
    }

    /// Lets groups on `cpu` run in `running` of every `parts` parts of the time.
    func share(_ running: UInt64, of parts: UInt64, on cpu: Int) {
        state.withLock { $0.shares[cpu] = (running, parts) }
    }

    /// Lets no more than `number` events be open at once.
    func limitDescriptors(to number: Int) { state.withLock { $0.descriptors = number } }

    /// Takes `cpu` offline, which parts its groups for good, or brings it back.
    func setOnline(_ cpu: Int, _ isOnline: Bool) {
        state.withLock { state in
            if isOnline {
                state.offline.remove(cpu)
            } else {
                state.offline.insert(cpu)
                for (handle, event) in state.events where event.cpu == cpu { state.events[handle]?.isDetached = true }
            }
        }
    }

    /// Takes the counters away from the pinned groups on `cpu` for good.
    func evictPinned(on cpu: Int) {
        state.withLock { state in
            for (handle, event) in state.events where event.cpu == cpu && event.isPinned {
                state.events[handle]?.isEvicted = true
            }
        }
    }

    /// Sets the counts of `code` on `cpu` to `count`.
    func setCount(of code: PerfEventCode, on cpu: Int, to count: UInt64) {
        state.withLock { state in
            for (handle, event) in state.events where event.cpu == cpu && event.code == code {
                state.events[handle]?.count = count
            }
        }
    }

    /// Lets time pass.
    func advance(nanoseconds: UInt64) {
        state.withLock { state in
            for (_, leader) in state.events where leader.isEnabled && !leader.isEvicted && !leader.isDetached {
                let share = state.shares[leader.cpu] ?? (1, 1)
                let fits = state.hardwareEvents(leader.members) <= state.countersFree
                let running = fits ? nanoseconds * share.running / share.of : 0
                for member in leader.members {
                    guard let event = state.events[member] else { continue }
                    let rate = state.rate(event.code, event.cpu) ?? 0
                    let count = UInt64(1_000_000_000).dividingFullWidth(rate.multipliedFullWidth(by: running)).quotient
                    state.events[member]?.enabled += nanoseconds
                    state.events[member]?.running += running
                    state.events[member]?.count &+= count
                }
            }
        }
    }

    // MARK: What was done

    /// The events that are open on `cpu`, in the order of opening.
    func openEvents(on cpu: Int) -> [PerfEventCode] {
        state.withLock { state in
            state.events.filter { $0.value.cpu == cpu }.sorted { $0.key < $1.key }.map(\.value.code)
        }
    }

    /// How many events are open.
    var openEventCount: Int { state.withLock { $0.events.count } }

    /// How often a group was read.
    var reads: Int { state.withLock { $0.reads } }

    // MARK: The door

    /// Refuses, in the kernel's order: a CPU that does not exist (EINVAL) or is offline (ENODEV), what the script
    /// refuses, an event that does not exist (ENOENT), one too many for its group (EINVAL) or for the process (EMFILE).
    func open(
        _ event: PerfEventCode, cpu: Int, leader: PerfHandle?, flags: PerfOpenFlags
    ) throws(PerfErrno) -> PerfHandle {
        let result = state.withLock { state -> Result<PerfHandle, PerfErrno> in
            func failure(_ number: Int32) -> Result<PerfHandle, PerfErrno> { .failure(PerfErrno(number: number)) }
            guard state.cpus.contains(cpu) else { return failure(EINVAL) }
            guard !state.offline.contains(cpu) else { return failure(ENODEV) }
            if let fault = state.openFault(event, cpu) { return failure(fault) }
            guard state.rate(event, cpu) != nil else { return failure(ENOENT) }
            guard state.events.count < state.descriptors else { return failure(EMFILE) }
            let handle = state.lastHandle + 1
            state.events[handle] = OpenEvent(
                code: event, cpu: cpu, isPinned: flags.contains(.pinned),
                isEnabled: leader == nil && !flags.contains(.disabled), members: leader == nil ? [handle] : [])
            if let leader {
                guard let group = state.events[leader.rawValue], group.cpu == cpu, !flags.contains(.pinned),
                    state.hardwareEvents(group.members + [handle]) <= state.countersAccepted
                else {
                    state.events[handle] = nil
                    return failure(EINVAL)
                }
                state.events[leader.rawValue]?.members.append(handle)
            }
            state.lastHandle = handle
            return .success(PerfHandle(rawValue: handle))
        }
        return try result.get()
    }

    func enable(_ leader: PerfHandle) throws(PerfErrno) {
        let isOpen = state.withLock { state in
            state.events[leader.rawValue]?.isEnabled = true
            return state.events[leader.rawValue] != nil
        }
        if !isOpen { throw PerfErrno(number: EBADF) }
    }

    /// Gives what the kernel would; a group that was parted gives its leader alone.
    func read(_ leader: PerfHandle, into words: inout [UInt64]) throws(PerfErrno) -> Int {
        let result = state.withLock { state -> Result<[UInt64], PerfErrno> in
            state.reads += 1
            guard let event = state.events[leader.rawValue] else { return .failure(PerfErrno(number: EBADF)) }
            if let fault = state.readFaults[event.cpu] { return .failure(PerfErrno(number: fault)) }
            if event.isEvicted { return .success([]) }
            let members = event.isDetached ? [leader.rawValue] : event.members
            let counts = members.map { state.events[$0]?.count ?? 0 }
            return .success([UInt64(members.count), event.enabled, event.running] + counts)
        }
        let read = try result.get()
        guard read.count <= words.count else { throw PerfErrno(number: ENOSPC) }
        words.replaceSubrange(read.indices, with: read)
        return 8 * read.count
    }

    /// Closes an event and takes it out of its group.
    func close(_ handle: PerfHandle) {
        state.withLock { state in
            state.events[handle.rawValue] = nil
            for leader in state.events.keys { state.events[leader]?.members.removeAll { $0 == handle.rawValue } }
        }
    }
}
