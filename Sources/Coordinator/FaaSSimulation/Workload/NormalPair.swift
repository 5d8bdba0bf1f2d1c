#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif
internal import Measures

extension SeededRandom {
    /// Two independent draws from the standard normal distribution, by the polar method (Marsaglia and Bray 1964),
    /// which needs no sine and no cosine.
    mutating func normalPair() -> (Double, Double) {
        while true {
            let x = 2 * uniform() - 1
            let y = 2 * uniform() - 1
            let square = x * x + y * y
            guard square > 0, square < 1 else { continue }
            let factor = (-2 * log(square) / square).squareRoot()
            return (x * factor, y * factor)
        }
    }
}
