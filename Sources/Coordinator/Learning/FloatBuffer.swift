#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A fixed number of floats at one address, zero at first.
///
/// Unsafe by design, for the products and the optimiser work on addresses; the invariants are: `base` is valid for
/// `count` floats as long as the object lives, starts at a multiple of 64 bytes, and is reached by one thread at a time
/// because the owner (`DQN`) is not Sendable.
final class FloatBuffer {
    let base: UnsafeMutablePointer<Float>
    let count: Int

    init(count: Int) {
        precondition(count > 0, "a buffer holds at least one float")
        let raw = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Float>.stride, alignment: 64)
        base = raw.initializeMemory(as: Float.self, repeating: 0, count: count)
        self.count = count
    }

    deinit { UnsafeMutableRawPointer(base).deallocate() }

    var array: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }

    /// Takes over `values`, which must be as many as the buffer holds.
    func copy(from values: [Float]) {
        precondition(values.count == count, "as many values as the buffer holds")
        values.withUnsafeBufferPointer { copy(from: $0) }
    }

    /// Takes over the values of `other`, which must be as long.
    func copy(from other: FloatBuffer) {
        copy(from: UnsafeBufferPointer(start: other.base, count: other.count))
    }

    private func copy(from values: UnsafeBufferPointer<Float>) {
        precondition(values.count == count, "as many values as the buffer holds")
        guard let source = values.baseAddress else { return }
        base.update(from: source, count: count)
    }
}
