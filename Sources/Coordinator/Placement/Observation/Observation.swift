/// The numbers that a policy sees of one state.
public struct Observation: Sendable, Hashable {
    /// One number per entry of the `ObservationSpace` that made it, each in [0, 20].
    public let values: [Float]
    /// Positions in `values` that stand for something not known, in ascending order.
    public let absent: [Int]
}
