public import Foundation
public import Measures

/// Elects a leader on a Lease, as a value and as one candidate sees it: answers of the server go in, the next request
/// comes out.
///
/// Times are judged by this candidate's own clock alone. Another's lease counts as expired once it has not been seen to
/// change for its whole duration; what the other's clock wrote into it is never compared with this one's. A leader
/// counts its deadline from when it *sent* the renewal that succeeded, and nobody can have seen that one earlier. So
/// with a deadline below the lease's duration, and clocks that run at the same speed, a leader has stopped before
/// another can begin. Who deletes the Lease by hand takes that certainty away, for then another may begin at once.
public struct LeaseElection: Sendable {
    /// What is to be done next.
    public enum Step: Sendable, Hashable {
        /// Read the Lease and `take` the answer.
        case read
        /// Make the Lease, which is not there, and `take` the answer.
        case create(LeaseObject)
        /// Put the Lease in the place of the version that it carries, and `take` the answer.
        case replace(LeaseObject)
        /// Wait, in nanoseconds.
        case wait(UInt64)
        /// Nothing more: the office was given up.
        case end
    }

    /// What came of a request.
    public enum Answer: Sendable, Hashable {
        /// The Lease as the server has it now.
        case lease(LeaseObject)
        /// There is no such Lease.
        case absent
        /// Somebody else was quicker; nothing was done.
        case conflict
        /// The request failed; it may have been carried out all the same.
        case failed
    }

    private enum Phase: Sendable, Hashable {
        /// Until the next look or renewal.
        case resting(until: MonotonicInstant)
        /// The Lease has been read and may be had: nil when it is not there.
        case writing(LeaseObject?)
        case awaitingRead
        case awaitingWrite(sentAt: MonotonicInstant)
        /// The office is given up by a request whose answer is awaited.
        case awaitingRelease
        case ended
    }

    /// How the office is held and sought.
    public let settings: LeaseElectionSettings
    private var phase: Phase
    /// The Lease as last seen, and when it was first seen like that.
    private var seen: (lease: LeaseObject, since: MonotonicInstant)?
    /// Whether the version last seen may be written upon: not once a write has failed since.
    private var isCurrent = false
    /// When the newest renewal that succeeded was sent; nil without the office.
    private var renewedAt: MonotonicInstant?
    /// Until when giving up is tried; nil unless the candidate shuts down. After that the lease expires by itself.
    private var releaseUntil: MonotonicInstant?

    /// A candidate that knows nothing yet, and begins at `now`.
    public init(_ settings: LeaseElectionSettings, at now: MonotonicInstant) {
        self.settings = settings
        phase = .resting(until: now)
    }

    /// Whether this candidate may act at `now`. What it begins then has the rest of the lease, beyond the deadline, to
    /// reach the server.
    public func isLeader(at now: MonotonicInstant) -> Bool { leadsUntil.map { now < $0 } ?? false }

    /// Until when this candidate may act unless it renews; nil without the office.
    public var leadsUntil: MonotonicInstant? {
        guard releaseUntil == nil else { return nil }
        return renewedAt?.advanced(byNanoseconds: settings.renewDeadlineNanoseconds)
    }

    /// Who held the lease when it was last seen; nil for nobody, and before the first look.
    public var holder: String? { seen?.lease.holderIdentity.flatMap { $0.isEmpty ? nil : $0 } }

    /// What to do next, at `now`; `wallClock` is written into the lease for people to read. The answer to the request
    /// before has been taken in.
    public mutating func step(at now: MonotonicInstant, wallClock: Date) -> Step {
        switch phase {
        case .ended: return .end
        case .resting(let until) where now < until: return .wait(until.nanoseconds(since: now))
        case .writing(let lease): return write(lease, at: now, wallClock)
        case .resting, .awaitingRead, .awaitingWrite, .awaitingRelease:
            if let seen, isCurrent, isOurs(seen.lease) { return write(seen.lease, at: now, wallClock) }
            phase = .awaitingRead
            return .read
        }
    }

    /// Takes in the answer to the last request, which came at `now`.
    public mutating func take(_ answer: Answer, at now: MonotonicInstant) {
        let asked = phase
        rest(at: now)
        switch answer {
        case .lease(let lease):
            see(lease, at: now)
            switch asked {
            case .awaitingRead: decide(at: now)
            case .awaitingWrite(let sentAt) where isOurs(lease): renewedAt = sentAt
            case .awaitingRelease: phase = .ended
            default: break
            }
        case .absent:
            seen = nil
            isCurrent = false
            renewedAt = nil
            if releaseUntil != nil { phase = .ended } else if asked == .awaitingRead { phase = .writing(nil) }
        case .conflict, .failed:
            // Whoever was quicker need not be a candidate: the next look says whether the office is still held.
            isCurrent = false
            if let releaseUntil, now >= releaseUntil { phase = .ended }
        }
    }

    /// The candidate shuts down: it acts no more from here on, and gives the lease up if it has it, so that another
    /// need not wait for it to expire. No answer is awaited at that moment.
    public mutating func release(at now: MonotonicInstant) {
        guard releaseUntil == nil else { return }
        releaseUntil = now.advanced(byNanoseconds: settings.renewDeadlineNanoseconds)
        renewedAt = nil
        phase = .resting(until: now)
        // With another's lease, or none, there is nothing to give up; when a write failed, a look must tell.
        if isCurrent, let seen, !isOurs(seen.lease) { phase = .ended }
    }
}

extension LeaseElection {
    private func isOurs(_ lease: LeaseObject) -> Bool { lease.holderIdentity == settings.identity }

    private mutating func see(_ lease: LeaseObject, at now: MonotonicInstant) {
        if seen?.lease != lease { seen = (lease, now) }
        isCurrent = true
        if !isOurs(lease) { renewedAt = nil }
    }

    /// After a look: to write at once, or to rest.
    private mutating func decide(at now: MonotonicInstant) {
        guard let seen else { return }
        if releaseUntil != nil {
            phase = isOurs(seen.lease) ? .writing(seen.lease) : .ended
        } else if now >= takeableAt(seen) {
            phase = .writing(seen.lease)
        } else {
            phase = .resting(until: min(takeableAt(seen), now.advanced(byNanoseconds: settings.lookNanoseconds)))
        }
    }

    /// When the lease may be had: at once if it is ours or nobody's, else once it has expired.
    private func takeableAt(_ seen: (lease: LeaseObject, since: MonotonicInstant)) -> MonotonicInstant {
        guard holder != nil, !isOurs(seen.lease) else { return seen.since }
        // A lease that does not say for how long it is believed is believed for as long as ours would be.
        let seconds = seen.lease.leaseDurationSeconds ?? Int64(settings.leaseSeconds)
        let (nanoseconds, overflow) = UInt64(clamping: seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return seen.since.advanced(byNanoseconds: overflow ? .max : nanoseconds)
    }

    private mutating func rest(at now: MonotonicInstant) {
        phase = .resting(until: now.advanced(byNanoseconds: settings.retryNanoseconds))
    }

    private mutating func write(_ lease: LeaseObject?, at now: MonotonicInstant, _ wallClock: Date) -> Step {
        var written = lease ?? LeaseObject(name: settings.name, namespace: settings.namespace)
        let stamp = Self.stamp(wallClock, otherThan: lease?.renewTime)
        written.renewTime = stamp
        guard releaseUntil == nil else {
            phase = .awaitingRelease
            // As client-go does: held by nobody, and believed for no longer than it must be.
            written.holderIdentity = nil
            written.leaseDurationSeconds = 1
            return .replace(written)
        }
        phase = .awaitingWrite(sentAt: now)
        written.leaseDurationSeconds = Int64(settings.leaseSeconds)
        if !isOurs(written) {
            written.holderIdentity = settings.identity
            written.acquireTime = stamp
            written.leaseTransitions = lease.map { ($0.leaseTransitions ?? 0) + 1 } ?? 0
        }
        return lease == nil ? .create(written) : .replace(written)
    }

    /// `moment` as a lease has it. A write that changed nothing would not be seen, so it differs from `previous`, even
    /// where the wall clock stands.
    private static func stamp(_ moment: Date, otherThan previous: String?) -> String {
        let stamp = WallTime.micro(moment)
        return stamp == previous ? WallTime.micro(moment.addingTimeInterval(0.000_002)) : stamp
    }
}
