/// Whether this coordinator may act, where several of them look after one cluster and one at a time does.
public struct Leadership: Sendable {
    /// Between two questions while somebody else leads, in nanoseconds: short beside the time that a lease takes to
    /// change hands. The office can be lost by time alone, so nothing could tell of it.
    private static let pauseNanoseconds: UInt64 = 100_000_000

    /// This coordinator's name among them.
    public let identity: String
    private let leads: @Sendable () -> Bool
    private let leader: @Sendable () -> String?
    private let pause: @Sendable (_ nanoseconds: UInt64) async throws -> Void

    /// The leadership of `identity`. `leads` says whether it may act at this very moment, `leader` who may by what was
    /// last seen, nil for nobody; `pause` waits, and throws when the task is cancelled.
    public init(
        identity: String, leads: @escaping @Sendable () -> Bool, leader: @escaping @Sendable () -> String?,
        pause: @escaping @Sendable (_ nanoseconds: UInt64) async throws -> Void = {
            try await Task.sleep(nanoseconds: $0)
        }
    ) {
        self.identity = identity
        self.leads = leads
        self.leader = leader
        self.pause = pause
    }

    /// Whether this coordinator may act; to be asked right before each action.
    public var isLeader: Bool { leads() }

    /// Who leads by what was last seen, this coordinator included; nil for nobody.
    public var holder: String? { leader() }

    /// Why this coordinator may not act, as a sentence's part that names who may; nil while it may.
    public var objection: String? {
        guard !leads() else { return nil }
        guard let holder = leader(), holder != identity else {
            return "no coordinator leads at the moment, and \(identity) stands by"
        }
        return "coordinator \(holder) leads, and \(identity) stands by"
    }

    /// Returns once this coordinator leads. Throws `CancellationError`.
    public func awaitOffice() async throws {
        while !isLeader { try await pause(Self.pauseNanoseconds) }
    }
}
