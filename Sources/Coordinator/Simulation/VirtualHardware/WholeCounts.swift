/// Turns a rate into whole counts without losing the fraction: what rounding leaves over is carried to the next step,
/// so that the sum over many steps is right to one count, and steps that come out whole are exact.
struct WholeCounts {
    private var carried = 0.0

    /// The counts for `amount`, rounded to nearest together with what earlier steps left over; never below zero.
    mutating func take(_ amount: Double) -> UInt64 {
        let total = carried + amount
        let whole = max(0, total.rounded())
        carried = total - whole
        return UInt64(whole)
    }
}
