import Registers

/// How a source that programmes counters gets at registers, and what it owes for it.
struct RegisterAccess {
    /// Whether nothing may be written.
    let isReadOnly: Bool
    /// Told what the controls held before they are written.
    let ledger: ClaimLedger
    /// Opens the registers of a CPU by its number.
    let open: MSRSource.Opener
}
