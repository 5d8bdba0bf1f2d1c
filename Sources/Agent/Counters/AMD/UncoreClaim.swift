import Measures
import Registers

/// Counters beyond the cores of one socket, programmed through the registers of some of its CPUs. All of them are claimed
/// or none is: a sum without one would be too low.
struct UncoreClaim {
    /// The CPU through which some of the counters are reached, and what they are to count.
    struct Station {
        let cpu: Int
        var programme: CounterProgramme
    }

    /// Whether the counters count for this agent.
    enum State {
        /// Nobody asked for them.
        case unwanted
        /// They do: one claim for each station.
        case claimed([RegisterClaim])
        /// They do not; claiming is worth another try at `retryAt`, never where that is nil.
        case refused(retryAt: MonotonicInstant?, reason: String)
    }

    /// The controls that tell whether somebody uses the counters.
    struct Controls {
        let registers: [RegisterAddress]
        /// The bit of each that switches its counter on.
        let enable: UInt64
    }

    /// The socket's row.
    let row: Int
    /// The word that tells the claims in the record apart from others on the same CPU.
    private let purpose: String
    private let controls: Controls
    private(set) var stations: [Station]
    private(set) var state = State.unwanted

    init(row: Int, purpose: String, stations: [Station], controls: Controls) {
        self.row = row
        self.purpose = purpose
        self.stations = stations
        self.controls = controls
    }

    /// Why the counters do not count, nil where nothing is known against it.
    var reason: String? {
        if case .refused(_, let reason) = state { reason } else { nil }
    }

    var retryAt: MonotonicInstant? {
        if case .refused(let instant, _) = state { instant } else { nil }
    }

    /// Claims the counters where they are wanted and were not refused a short while ago, and gives them back where they
    /// are not wanted. True when that changed anything.
    mutating func update(isWanted: Bool, _ access: RegisterAccess, now: MonotonicInstant) -> Bool {
        switch state {
        case .claimed where isWanted: return false
        case .claimed:
            release()
            state = .unwanted
            return true
        case .refused(let retryAt, _) where retryAt.map({ now < $0 }) ?? true: return false
        case .unwanted, .refused:
            guard isWanted else { return false }
            start(access, now: now)
            return true
        }
    }

    private mutating func start(_ access: RegisterAccess, now: MonotonicInstant) {
        if access.isReadOnly {
            refuse("no register is written in read-only mode, and these counters have to be programmed")
            return
        }
        var started: [RegisterClaim] = []
        do throws(RegisterError) {
            var surveyed: [RegisterClaim] = []
            for station in stations {
                let registers = try access.open(station.cpu)
                if let occupant = try occupant(of: registers, station.programme) {
                    refuse("the counters are in use: on CPU \(station.cpu) \(occupant)", now: now)
                    return
                }
                surveyed.append(try RegisterClaim(surveying: registers, for: station.programme))
            }
            note(surveyed, access.ledger)
            for claim in surveyed {
                try claim.start()
                started.append(claim)
            }
            state = .claimed(started)
        } catch {
            for claim in started { claim.release() }
            refuse("the counters cannot be programmed: \(error)", now: now)
        }
    }

    private func occupant(
        of registers: any RegisterFile, _ programme: CounterProgramme
    ) throws(RegisterError) -> String? {
        if try programme.isHeld(by: registers) { return nil }
        for register in controls.registers {
            let control = try registers.read(register)
            if control & controls.enable != 0 { return "register \(register) holds 0x\(String(control, radix: 16))" }
        }
        return nil
    }

    private func note(_ claims: [RegisterClaim], _ ledger: ClaimLedger) {
        ledger.note(
            Dictionary(
                uniqueKeysWithValues: zip(stations, claims).map { station, claim in
                    (SavedControls.Place(cpu: station.cpu, purpose: purpose), claim.claimed)
                }))
    }

    private mutating func refuse(_ reason: String, now: MonotonicInstant? = nil) {
        state = .refused(retryAt: now?.advanced(byNanoseconds: MSRSource.retryNanoseconds), reason: reason)
    }

    /// Lets the counters of a station count something else.
    mutating func change(
        _ index: Int, to programme: CounterProgramme, _ access: RegisterAccess
    ) throws(RegisterError) {
        guard case .claimed(var claims) = state else { return }
        stations[index].programme = programme
        claims[index].release()
        claims[index] = try RegisterClaim(surveying: claims[index].registers, for: programme)
        note(claims, access.ledger)
        try claims[index].start()
        state = .claimed(claims)
    }

    /// Whether the counters still count what they were told to; true while they are not claimed.
    var isIntact: Bool {
        guard case .claimed(let claims) = state else { return true }
        return claims.allSatisfy { $0.isIntact() }
    }

    /// Gives the counters back and tries again after a while.
    mutating func giveUp(_ reason: String, now: MonotonicInstant) {
        release()
        refuse(reason, now: now)
    }

    /// Gives the counters back for good.
    mutating func close() {
        release()
        refuse("the counters were given back")
    }

    private func release() {
        guard case .claimed(let claims) = state else { return }
        for claim in claims { claim.release() }
    }
}
