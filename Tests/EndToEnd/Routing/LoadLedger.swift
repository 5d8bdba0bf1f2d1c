import Foundation

/// What became of every request of a load: what its client saw, and what the workers' journals say.
struct LoadLedger {
    /// What clients and workers write into their files; see `LoadOutcome` and `Journal` of the program RoutingLoad.
    enum Outcome: UInt8, CaseIterable {
        case notAsked, right, wrong, cutShort, closed, unanswered, badGateway, unavailable, gatewayTimeout
    }

    private enum Deed: UInt8 {
        case accepted = 1
        case answered, cutShort, closed, turnedAway, garbled, connected
    }

    let outcomes: [UInt8]
    private var accepted: [UInt8]
    private var answered: [UInt8]
    private var cutShort: [UInt8]
    private var closed: [UInt8]
    private var turnedAway: [UInt8]
    /// Requests that reached a worker otherwise than they were sent.
    private(set) var garbled = 0

    init(_ installation: RouterInstallation, outcomes: [UInt8]) throws {
        self.outcomes = outcomes
        let none = [UInt8](repeating: 0, count: outcomes.count)
        (accepted, answered, cutShort, closed, turnedAway) = (none, none, none, none, none)
        for worker in installation.workers {
            let path = installation.journal(of: worker)
            guard FileManager.default.fileExists(atPath: path) else { continue }
            take([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
        }
    }

    private mutating func take(_ journal: [UInt8]) {
        for entry in stride(from: 0, to: journal.count - 4, by: 5) {
            let number = (0..<4).reduce(0) { $0 | Int(journal[entry + $1]) << (8 * $1) }
            switch Deed(rawValue: journal[entry + 4]) {
            case .accepted: accepted[number] += 1
            case .answered: answered[number] += 1
            case .cutShort: cutShort[number] += 1
            case .closed: closed[number] += 1
            case .turnedAway: turnedAway[number] += 1
            case .garbled: garbled += 1
            case .connected, nil: break
            }
        }
    }

    /// How many requests became `outcome`.
    func count(_ outcome: Outcome) -> Int { outcomes.count { $0 == outcome.rawValue } }

    /// All counts, for the test's log.
    var summary: String {
        Outcome.allCases.map { "\($0) \(count($0))" }.joined(separator: ", ")
            + "; accepted \(total(accepted)), answered \(total(answered)), cut \(total(cutShort)), "
            + "closed \(total(closed)), turned away \(total(turnedAway))"
    }

    private func total(_ counts: [UInt8]) -> Int { counts.reduce(0) { $0 + Int($1) } }

    private func numbers(where holds: (Int) -> Bool) -> [Int] { outcomes.indices.filter(holds) }

    /// Requests whose client has the right answer although no worker ever gave one.
    var answeredByNobody: [Int] { numbers { outcomes[$0] == Outcome.right.rawValue && answered[$0] == 0 } }

    /// Requests with a body, odd ones, that were carried out more than once. A worker that turns a request away has not
    /// carried it out.
    var carriedOutTwice: [Int] {
        numbers { $0 % 2 == 1 && Int(accepted[$0]) - Int(turnedAway[$0]) > 1 }
    }

    /// Requests that ended in the middle of the answer although no worker had begun one.
    var cutByNobody: [Int] {
        numbers { outcomes[$0] == Outcome.cutShort.rawValue && cutShort[$0] + answered[$0] == 0 }
    }

    /// Requests that were given up although no worker that read them whole failed them.
    var lostUnread: [Int] {
        numbers { outcomes[$0] == Outcome.badGateway.rawValue && accepted[$0] == turnedAway[$0] }
    }

    /// How often such requests were lost, where those whose numbers are less than `gap` apart were lost at once:
    /// numbers are given in their order.
    func lossesUnread(gap: Int) -> Int {
        let lost = lostUnread
        return zip(lost, [-gap] + lost).count { $0 - $1 >= gap }
    }
}
