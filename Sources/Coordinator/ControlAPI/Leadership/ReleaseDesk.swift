public import Topology

/// Puts functions back as they were found, once nothing can take them again.
public struct ReleaseDesk: Sendable {
    private let control: PlacementControl
    private let gate: ControlGate
    private let leadership: Leadership
    private let managed: @Sendable () async throws -> [FunctionName]
    private let release: @Sendable (FunctionName) async throws -> Bool

    /// A desk that pauses `control` and waits for `gate` first. `managed` names what there is to release; `release`
    /// releases one function and says whether there was anything to it.
    public init(
        control: PlacementControl, gate: ControlGate, leadership: Leadership,
        managed: @escaping @Sendable () async throws -> [FunctionName],
        release: @escaping @Sendable (FunctionName) async throws -> Bool
    ) {
        self.control = control
        self.gate = gate
        self.leadership = leadership
        self.managed = managed
        self.release = release
    }

    /// Releases `functions`, or all that reeve manages when there are none. Placement stays paused. Throws when this
    /// coordinator does not lead, or what is managed is not known; nothing is changed then.
    func carryOut(_ functions: [FunctionName]) async throws -> ReleaseAnswer {
        if let objection = leadership.objection {
            throw ReleaseRefusal(description: "nothing is released: \(objection)")
        }
        control.pause()
        await gate.awaitQuiet()
        var answer = ReleaseAnswer(released: [], untouched: [], failed: [])
        for function in functions.isEmpty ? try await managed() : functions {
            do {
                if try await release(function) {
                    answer.released.append(function.rawValue)
                } else {
                    answer.untouched.append(function.rawValue)
                }
            } catch {
                answer.failed.append(ReleaseAnswer.Failure(function: function.rawValue, reason: "\(error)"))
            }
        }
        return answer
    }
}

/// Why nothing was released, one sentence.
struct ReleaseRefusal: Error, CustomStringConvertible {
    let description: String
}

/// What `reeve release` shows.
public struct ReleaseAnswer: Codable, Sendable {
    /// One function that could not be released.
    public struct Failure: Codable, Sendable {
        /// The function.
        public var function: String
        /// Why, one sentence; it stays as it is.
        public var reason: String
    }

    /// Those that are as they were found.
    public var released: [String]
    /// Those that were asked for and that reeve does not manage.
    public var untouched: [String]
    /// Those that could not be.
    public var failed: [Failure]
    /// What became of limits that are lent; nil where nothing is harvested, or functions were named.
    public var limits: String?
}
