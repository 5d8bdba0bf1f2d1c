/// Turns a rate into whole counts without losing the fraction: what rounding leaves over is carried to the next step,
/// so that the sum over many steps is right to one count, and steps that come out whole are exact.
struct WholeCounts {
    private var carried = 0.0

    /// The counts for `amount`, rounded to nearest together with what earlier steps left over; never below zero, and
    /// none for what is no number or more than any counter could have counted.
    mutating func take(_ amount: Double) -> UInt64 {
        guard abs(amount) < 0x1p62 else { return 0 }
        let total = carried + amount
        let whole = max(0, total.rounded())
        carried = total - whole
        return UInt64(whole)
    }
}
