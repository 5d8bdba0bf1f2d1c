#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif
internal import Measures

extension SeededRandom {
    /// Two independent draws from the standard normal distribution (Box and Muller 1958).
    mutating func normalPair() -> (Double, Double) {
        // 1 - u lies in (0, 1], where the logarithm is finite.
        let radius = (-2 * log(1 - uniform())).squareRoot()
        let angle = 2 * .pi * uniform()
        return (radius * cos(angle), radius * sin(angle))
    }
}
