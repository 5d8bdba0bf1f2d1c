#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif
import Foundation
import Synchronization

/// How many connections there may be, so that no descriptor is ever missing: each client's connection may need one to a
/// worker. Who comes beyond it is left in the listening socket's queue, where nothing is lost.
final class DescriptorBudget: Sendable {
    /// Files that are opened now and then: the access log, health checks, whatever else runs in the process.
    private static let spare = 40

    let mostClients: Int
    let mostWorkers: Int
    private let counters: ProxyCounters

    /// Shares out the descriptors that the process may still open.
    convenience init(counters: ProxyCounters, mostClients: Int?) {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 64
        let allowed = Int(clamping: limit.rlim_cur)
        self.init(counters: counters, free: min(allowed, 1 << 24) - open - Self.spare, mostClients: mostClients)
    }

    init(counters: ProxyCounters, free: Int, mostClients: Int?) {
        self.counters = counters
        let free = max(free, 2)
        self.mostClients = max(min(mostClients ?? .max, free / 2), 1)
        mostWorkers = max(free - self.mostClients, 1)
    }

    /// How many further clients can be taken in.
    var freeClients: Int { mostClients - counters.clientConnections.load(ordering: .relaxed) }

    /// No further client can be taken in.
    var isFull: Bool { freeClients <= 0 }

    /// No further connection to a worker may be made before another is closed.
    var workersAreFull: Bool { counters.workerConnections.load(ordering: .relaxed) >= mostWorkers }
}
