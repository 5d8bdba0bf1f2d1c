#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

extension FreyrInputs {
    /// 0 for 0, 1 for `most`, and equal steps for equal factors in between: durations and rates span many orders of
    /// magnitude.
    static func compressed(_ value: Double, most: Double) -> Float {
        Float(log1p(max(value, 0)) / log1p(most))
    }
}
