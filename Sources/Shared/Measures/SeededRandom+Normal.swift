#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

extension SeededRandom {
    /// A draw from the normal distribution with mean 0 and standard deviation 1 (Box and Muller 1958; the second value
    /// of each pair is not kept, so that the sequence depends on the number of calls alone).
    public mutating func normal() -> Double {
        // 1 - u lies in (0, 1], where the logarithm is finite.
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }
}
