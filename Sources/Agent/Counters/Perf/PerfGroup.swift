/// What came of reading a group.
enum PerfReading: Hashable, Sendable {
    /// All that happened was counted.
    case counted
    /// Part of it was, because others use the counters too; the totals are estimates.
    case multiplexed
    /// The group had its counters at no time since it last had them; the totals stand still without meaning it.
    case notRunning
    /// The counters were set anew since the last read; the totals stand still without meaning it.
    case setBack
    /// The group will not count any more.
    case lost(PerfLoss)
}

/// Why a group will not count any more.
enum PerfLoss: Hashable, Sendable {
    /// It was pinned and lost its counters to somebody else, or its unit was removed from the kernel.
    case evicted
    /// Its members were parted, as the kernel does when a CPU goes offline.
    case detached
    /// Reading failed.
    case failed(PerfErrno)

    /// Whether the CPU may be gone.
    var meansOffline: Bool {
        switch self {
        case .evicted: false
        case .detached: true
        case .failed(let errno): errno.meansOffline
        }
    }

    /// The reason without a full stop.
    var reason: String {
        switch self {
        case .evicted: "somebody else took the counters away"
        case .detached: "the CPU went offline"
        case .failed(let errno): "reading the counters failed (errno \(errno.number))"
        }
    }
}

/// Events of one CPU that count at the same times and are read together, at the cost of one system call and of one
/// interrupt of that CPU.
struct PerfGroup {
    /// An event that is not in the group, and why.
    struct Omission: Hashable, Sendable {
        let request: PerfRequest
        let refusal: PerfRefusal
    }

    let cpu: Int
    /// The events that are counted, in the order of the requests.
    let members: [PerfRequest]
    /// The events that were refused while others were opened.
    let omissions: [Omission]
    /// What each member counted since the group was opened, estimated where it was multiplexed.
    private(set) var totals: [UInt64]

    private let door: any PerfDoor
    private let handles: [PerfHandle]
    private var counts: PerfCounts
    private var previous: PerfCounts

    /// Opens `requests` on `cpu`, the most wanted first, and sets them going together. Events that the kernel does not
    /// have, or that do not fit beside those before them, are left out; the first that opens leads. Throws the first
    /// refusal when not one event could be opened, and any refusal that would meet every event of the CPU. There must
    /// be a request.
    init(
        _ requests: [PerfRequest], cpu: Int, door: any PerfDoor, isPinned: Bool = false
    ) throws(PerfRefusal) {
        precondition(!requests.isEmpty, "a group counts at least one event")
        var members: [PerfRequest] = []
        var handles: [PerfHandle] = []
        var omissions: [Omission] = []
        let refusal = Self.open(requests, cpu, door, isPinned, &members, &handles, &omissions)
        if let refusal {
            for handle in handles.reversed() { door.close(handle) }
            throw refusal
        }
        self.cpu = cpu
        self.members = members
        self.omissions = omissions
        self.door = door
        self.handles = handles
        totals = Array(repeating: 0, count: members.count)
        counts = PerfCounts(members: members.count)
        previous = counts
    }

    private static func open(
        _ requests: [PerfRequest], _ cpu: Int, _ door: any PerfDoor, _ isPinned: Bool, _ members: inout [PerfRequest],
        _ handles: inout [PerfHandle], _ omissions: inout [Omission]
    ) -> PerfRefusal? {
        for request in requests {
            // Members wait for their leader, so that all of them count over the very same times.
            let flags: PerfOpenFlags = handles.isEmpty ? isPinned ? [.disabled, .pinned] : .disabled : []
            do {
                handles.append(try door.open(request.code, cpu: cpu, leader: handles.first, flags: flags))
                members.append(request)
            } catch {
                let refusal = PerfRefusal(event: request.name, cpu: cpu, errno: error)
                guard error.concernsOneEvent else { return refusal }
                omissions.append(Omission(request: request, refusal: refusal))
            }
        }
        guard let leader = handles.first else { return omissions.first?.refusal }
        do {
            try door.enable(leader)
            return nil
        } catch {
            return PerfRefusal(event: members[0].name, cpu: cpu, errno: error)
        }
    }

    /// Reads the group into `words`, which must hold `PerfCounts.words` of its members, and brings the totals up to
    /// date.
    mutating func read(into words: inout [UInt64]) -> PerfReading {
        let bytes: Int
        do {
            bytes = try door.read(handles[0], into: &words)
        } catch {
            return .lost(.failed(error))
        }
        guard bytes > 0 else { return .lost(.evicted) }
        guard counts.take(words, bytes: bytes) else { return .lost(.detached) }
        if counts.isBehind(previous) {
            previous = counts
            return .setBack
        }
        let enabled = counts.enabled - previous.enabled
        let running = counts.running - previous.running
        // Where it did not run, the time counts for the next interval in which it does.
        guard running > 0 else { return .notRunning }
        for index in totals.indices {
            let count = counts.values[index] - previous.values[index]
            totals[index] &+= PerfScaling.scaled(count, enabled: enabled, running: running) ?? 0
        }
        swap(&previous, &counts)
        return running < enabled ? .multiplexed : .counted
    }

    /// Closes the events. The group must not be read afterwards.
    func close() {
        for handle in handles.reversed() { door.close(handle) }
    }
}
