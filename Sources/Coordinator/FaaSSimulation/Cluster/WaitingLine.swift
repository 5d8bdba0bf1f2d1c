/// The calls that wait at a server, in the order of their arrival: a chain through their slots.
struct WaitingLine: Sendable {
    /// The call that has waited longest, and the one that came last; -1 when nobody waits.
    var first: Int32 = -1, last: Int32 = -1
    /// How many wait.
    var count = 0
    /// How many later calls have started while the first one waited.
    var passed = 0
}
