import Measures

/// The work that one machine still has to do, and how many cores it does it with.
///
/// Work is in milliseconds of one core, as far as it was expected when requests were sent. It flows off evenly while
/// requests are there, at the speed of as many cores as there are requests, and it is never more than what the requests
/// that are there brought along.
struct MachineLoad: Sendable {
    /// Requests on the machine.
    private(set) var requests = 0
    /// Of these, those that may install something.
    private(set) var coldRequests = 0
    /// Work not done yet.
    private(set) var backlog = 0.0
    /// The work of all requests on the machine, done or not.
    private var brought = 0.0
    private var updated: MonotonicInstant?
    /// Requests times time, in milliseconds, since the machine was first seen.
    private var presence = 0.0
    /// How often a request that may install something has come.
    private var coldArrivals = 0
    /// The cores that requests were seen to have; nil before there was anything to see.
    private(set) var measuredCores: Double?

    /// What is kept of a request while it is there.
    struct Stay: Sendable {
        fileprivate let work: Double
        fileprivate let isCold: Bool
        fileprivate let presence: Double
        fileprivate let wasClean: Bool
        fileprivate let coldArrivals: Int
    }

    /// Lets the work flow off until `now`, on `cores` cores.
    mutating func flow(until now: MonotonicInstant, cores: Double) {
        let elapsed = updated.map { now.seconds(since: $0) * 1_000 } ?? 0
        updated = now
        presence += elapsed * Double(requests)
        backlog = requests == 0 ? 0 : max(backlog - elapsed * min(cores, Double(requests)), 0)
    }

    /// A request comes that brings `work`; it is cold when it may install or wait for an installation.
    mutating func enter(work: Double, isCold: Bool) -> Stay {
        let stay = Stay(
            work: work, isCold: isCold, presence: presence, wasClean: coldRequests == 0 && !isCold,
            coldArrivals: coldArrivals)
        requests += 1
        backlog += work
        brought += work
        if isCold {
            coldRequests += 1
            coldArrivals += 1
        }
        return stay
    }

    /// That request goes after `milliseconds`. Returns how many requests there were at once meanwhile, on average, and
    /// whether each of them was warm.
    mutating func leave(_ stay: Stay, after milliseconds: Double) -> (crowd: Double, allWarm: Bool) {
        let crowd = milliseconds > 0 ? (presence - stay.presence) / milliseconds : Double(requests)
        let allWarm = stay.wasClean && coldArrivals == stay.coldArrivals
        requests -= 1
        if stay.isCold { coldRequests -= 1 }
        brought = requests == 0 ? 0 : brought - stay.work
        backlog = max(min(backlog, brought), 0)
        return (max(crowd, 1), allWarm)
    }

    /// Learns cores from a warm request that took `slowdown` times as long as alone among `crowd` warm requests on
    /// average.
    ///
    /// Where requests slow each other down, crowd / slowdown is how many run at once. Where they do not, there are at
    /// least as many cores as requests.
    mutating func learnCores(crowd: Double, slowdown: Double, from assumed: Double, rate: Double) {
        let known = measuredCores ?? assumed
        if slowdown > Self.noticeableSlowdown {
            measuredCores = known + rate * (max(crowd / slowdown, Self.fewestCores) - known)
        } else if crowd > known {
            measuredCores = known + rate * (crowd - known)
        }
    }

    /// Service times vary; what is less than this is not taken for contention.
    private static let noticeableSlowdown = 1.25
    /// A machine with less than a tenth of a core would be none.
    private static let fewestCores = 0.1
}
