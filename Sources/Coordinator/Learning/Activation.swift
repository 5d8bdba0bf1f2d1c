internal import CScoring

/// What stands between the layers of a network.
enum Activation: Hashable, Sendable {
    /// max(x, 0).
    case relu
    /// The hyperbolic tangent, within 5e-7.
    case tanh

    /// y = f(y).
    @inline(__always)
    func apply(to y: UnsafeMutablePointer<Float>, count: Int) {
        switch self {
        case .relu: rectify(y, count: count)
        case .tanh: reeve_bend(y, count)
        }
    }

    /// y = f(y + bias).
    @inline(__always)
    func apply(to y: UnsafeMutablePointer<Float>, adding bias: UnsafePointer<Float>, count: Int) {
        switch self {
        case .relu: addBiasAndRectify(y, bias, count: count)
        case .tanh: addBiasAndBend(y, bias, count: count)
        }
    }

    /// d = d f'(x), given `output` = f(x).
    @inline(__always)
    func multiplyByDerivative(_ d: UnsafeMutablePointer<Float>, output: UnsafePointer<Float>, count: Int) {
        switch self {
        case .relu: blockWhereInactive(d, output, count: count)
        case .tanh: for index in 0..<count { d[index] *= 1 - output[index] * output[index] }
        }
    }
}
