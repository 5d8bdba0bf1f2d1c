import Measures

/// Keeps a copy of a list true, by listing once and watching from there on: what to do next after each thing that
/// happens. It does nothing itself, and reads no clock.
///
/// Whatever breaks, the copy is either continued from the version that it has, or replaced by a new list and compared
/// with it, so that nothing that happened in between is missed, deletions least of all.
struct ReflectorMachine<Object: KubernetesObject>: Sendable {
    /// What to do next.
    enum Step: Equatable, Sendable {
        /// Ask for a page: with `next` the one that it names, and without a limit all at once.
        case list(next: String?, isPaged: Bool)
        /// Watch from `version` on, for as long as `seconds`; a watch that has not ended `graceSeconds` later is dead.
        case watch(version: String, seconds: Int, graceSeconds: Int)
        /// Wait.
        case wait(nanoseconds: UInt64)
    }

    private enum State: Sendable {
        /// Reading pages.
        case listing(collected: [Object], next: String?, isPaged: Bool)
        /// Watching, and whether anything has come of it.
        case watching(version: String, hasHeard: Bool)
        /// Waiting; then watching from `version`, or listing when there is none.
        case backingOff(version: String?, nanoseconds: UInt64)
    }

    private let settings: ReflectorSettings
    private var random: SeededRandom
    private var state = State.listing(collected: [], next: nil, isPaged: true)
    private var attempts = 0
    /// The copy.
    private(set) var objects: [ObjectKey: Object] = [:]
    /// Whether the copy has been complete once.
    private(set) var isSynced = false

    init(settings: ReflectorSettings, random: SeededRandom) {
        self.settings = settings
        self.random = random
    }

    /// What to do now.
    mutating func step() -> Step {
        switch state {
        case .listing(_, let next, let isPaged): return .list(next: next, isPaged: isPaged)
        case .watching(let version, _):
            // Between whole and one and a half times the time, so that watches begun together do not end together.
            let seconds = settings.watchSeconds + random.index(below: settings.watchSeconds / 2 + 1)
            return .watch(version: version, seconds: seconds, graceSeconds: settings.graceSeconds)
        case .backingOff(_, let nanoseconds): return .wait(nanoseconds: nanoseconds)
        }
    }

    /// A page has come. Returns what has changed when it was the last.
    mutating func take(_ page: ObjectPage<Object>) -> ReflectorChange<Object>? {
        guard case .listing(let collected, _, let isPaged) = state else { return nil }
        let all = collected + page.items
        if let next = page.next {
            state = .listing(collected: all, next: next, isPaged: isPaged)
            return nil
        }
        guard let version = page.metadata.resourceVersion, !version.isEmpty else {
            // A list that does not say what state it shows cannot be watched from.
            backOff(version: nil, afterSeconds: nil)
            return nil
        }
        attempts = 0
        state = .watching(version: version, hasHeard: false)
        return replace(with: all)
    }

    private mutating func replace(with list: [Object]) -> ReflectorChange<Object> {
        var present: [ObjectKey: Object] = [:]
        present.reserveCapacity(list.count)
        var changed: [Object] = []
        for object in list {
            let key = object.metadata.key
            if let known = objects[key], known.metadata.isSameState(as: object.metadata) {
                present[key] = known
            } else {
                present[key] = object
                changed.append(object)
            }
        }
        let gone = objects.values.filter { present[$0.metadata.key] == nil }
        objects = present
        defer { isSynced = true }
        return ReflectorChange(present: changed, gone: gone, isRelisted: true)
    }

    /// A list or a page of it was refused, or did not come.
    mutating func listFailed(with error: KubernetesError) {
        guard case .listing(_, let next, _) = state else { return }
        if error.code == .expired, next != nil {
            // The pages before are of a state that is gone: once more, in one piece that cannot expire.
            state = .listing(collected: [], next: nil, isPaged: false)
            return
        }
        backOff(version: nil, after: error)
    }

    /// An event has come. Returns what has changed; after a refusal the watch is over.
    mutating func take(_ event: WatchEvent<Object>) -> ReflectorChange<Object>? {
        guard case .watching(let version, _) = state else { return nil }
        switch event {
        case .present(let object):
            heard(object.metadata.resourceVersion ?? version)
            objects[object.metadata.key] = object
            return ReflectorChange(present: [object], gone: [])
        case .gone(let object):
            heard(object.metadata.resourceVersion ?? version)
            guard objects.removeValue(forKey: object.metadata.key) != nil else { return nil }
            return ReflectorChange(present: [], gone: [object])
        case .bookmark(let version):
            heard(version)
            return nil
        case .refusal(let error):
            watchFailed(with: error)
            return nil
        }
    }

    private mutating func heard(_ version: String) {
        attempts = 0
        state = .watching(version: version, hasHeard: true)
    }

    /// The server has ended the watch, as it does at the watch's time.
    mutating func watchEnded() {
        guard case .watching(let version, let hasHeard) = state else { return }
        // A server ends a watch with a bookmark. One that never said a word may be waiting for a version that is yet to
        // come, after its store was restored, and would say nothing for ever.
        guard hasHeard else { return backOff(version: nil, afterSeconds: nil) }
        state = .watching(version: version, hasHeard: false)
    }

    /// The watch was refused, broke, or died.
    mutating func watchFailed(with error: KubernetesError) {
        guard case .watching(let version, _) = state else { return }
        switch error.code {
        case .expired:
            state = .listing(collected: [], next: nil, isPaged: true)
        case .unreachable, .interrupted, .tooManyRequests, .unavailable, .tls, .unauthorized, .forbidden,
            .configuration:
            backOff(version: version, after: error)
        case .timeout where error.status == nil:
            // Nobody answers any more: the version is as good as before.
            backOff(version: version, after: error)
        default:
            // Whatever the server does not like, it may be the version.
            backOff(version: nil, after: error)
        }
    }

    /// The wait is over.
    mutating func waited() {
        guard case .backingOff(let version, _) = state else { return }
        state =
            version.map { .watching(version: $0, hasHeard: false) } ?? .listing(collected: [], next: nil, isPaged: true)
    }

    private mutating func backOff(version: String?, after error: KubernetesError) {
        switch error.code {
        case .forbidden, .unauthorized, .notFound, .badRequest, .configuration, .invalidAnswer:
            // Somebody must change something first; asking soon again only makes noise.
            attempts = max(attempts, ReflectorSettings.attemptsToLongestWait)
        default: break
        }
        backOff(version: version, afterSeconds: error.retryAfterSeconds)
    }

    private mutating func backOff(version: String?, afterSeconds: Int?) {
        attempts += 1
        let wait = RetryPolicy.backOff(
            attempt: attempts, firstMilliseconds: settings.firstWaitMilliseconds,
            longestMilliseconds: settings.longestWaitMilliseconds, random: &random)
        let asked = UInt64(min(max(afterSeconds ?? 0, 0), 600)) * 1_000_000_000
        state = .backingOff(version: version, nanoseconds: wait + asked)
    }
}

extension ObjectMetadata {
    /// Whether both are of one object in one state.
    fileprivate func isSameState(as other: ObjectMetadata) -> Bool {
        uid == other.uid && resourceVersion != nil && resourceVersion == other.resourceVersion
    }
}
