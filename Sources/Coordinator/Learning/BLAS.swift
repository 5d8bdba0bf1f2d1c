internal import CBLAS
internal import Synchronization

/// The matrix library as this room uses it: OpenBLAS on one thread, row-major, single precision.
public enum BLAS {
    /// The library's version, build options and the processor kernels it chose, as it states them itself. Results
    /// repeat bit for bit only where this string is the same, so experiments print it.
    public static let configuration: String = {
        useOneThread
        return String(cString: openblas_get_config())
    }()

    /// Touching this makes the library compute on the calling thread alone: a sum split over threads would depend on
    /// their number, and products of this size are slower when shared.
    static let useOneThread: Void = openblas_set_num_threads(1)

    private static let lock = Mutex(())

    /// Calls `body` while no other thread is in the library; every product stands inside of such a call, and calls do
    /// not nest. The serial OpenBLAS keeps its scratch memory in one place without a lock: two threads that multiply
    /// at once get wrong numbers now and then, each with matrices of its own.
    @inline(__always)
    static func exclusively<Result>(_ body: () -> Result) -> Result {
        lock.withLock { _ in body() }
    }

    /// y[rows][outputs] = x[rows][inputs] w[outputs][inputs]^T.
    @inline(__always)
    static func product(
        _ x: UnsafePointer<Float>, transposed w: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
        rows: Int, inputs: Int, outputs: Int
    ) {
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, blasint(rows), blasint(outputs), blasint(inputs), 1,
            x, blasint(inputs), w, blasint(inputs), 0, y, blasint(outputs))
    }

    /// w[outputs][inputs] = d[rows][outputs]^T x[rows][inputs].
    @inline(__always)
    static func product(
        transposed d: UnsafePointer<Float>, _ x: UnsafePointer<Float>, into w: UnsafeMutablePointer<Float>,
        rows: Int, inputs: Int, outputs: Int
    ) {
        cblas_sgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, blasint(outputs), blasint(inputs), blasint(rows), 1,
            d, blasint(outputs), x, blasint(inputs), 0, w, blasint(inputs))
    }

    /// x[rows][inputs] = d[rows][outputs] w[outputs][inputs].
    @inline(__always)
    static func product(
        _ d: UnsafePointer<Float>, _ w: UnsafePointer<Float>, into x: UnsafeMutablePointer<Float>,
        rows: Int, inputs: Int, outputs: Int
    ) {
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(rows), blasint(inputs), blasint(outputs), 1,
            d, blasint(outputs), w, blasint(inputs), 0, x, blasint(inputs))
    }

    /// y[outputs] += w[outputs][inputs] x[inputs].
    @inline(__always)
    static func addProduct(
        _ w: UnsafePointer<Float>, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>,
        inputs: Int, outputs: Int
    ) {
        cblas_sgemv(
            CblasRowMajor, CblasNoTrans, blasint(outputs), blasint(inputs), 1, w, blasint(inputs), x, 1, 1, y, 1)
    }

    /// The sum of the squares of `count` elements.
    @inline(__always)
    static func squaredNorm(_ x: UnsafePointer<Float>, count: Int) -> Float {
        cblas_sdot(blasint(count), x, 1, x, 1)
    }
}
