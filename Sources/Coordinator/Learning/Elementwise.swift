internal import CScoring

// Loops over addresses without bounds checks, in the form that the compiler turns into vector instructions: a counted
// loop, no reduction of floats, no branch. Callers guarantee `count` valid elements at each pointer.

/// y = max(y, 0). A NaN stays one, so that a diverged run shows.
@inline(__always)
func rectify(_ y: UnsafeMutablePointer<Float>, count: Int) {
    for index in 0..<count { y[index] = y[index] < 0 ? 0 : y[index] }
}

/// y += bias.
@inline(__always)
func addBias(_ y: UnsafeMutablePointer<Float>, _ bias: UnsafePointer<Float>, count: Int) {
    for index in 0..<count { y[index] += bias[index] }
}

/// y = max(y + bias, 0), a NaN staying one.
@inline(__always)
func addBiasAndRectify(_ y: UnsafeMutablePointer<Float>, _ bias: UnsafePointer<Float>, count: Int) {
    for index in 0..<count {
        let sum = y[index] + bias[index]
        y[index] = sum < 0 ? 0 : sum
    }
}

/// y = tanh(y + bias).
@inline(__always)
func addBiasAndBend(_ y: UnsafeMutablePointer<Float>, _ bias: UnsafePointer<Float>, count: Int) {
    addBias(y, bias, count: count)
    reeve_bend(y, count)
}

/// d = 0 where the unit's output was 0: the derivative of ReLU, taken as 0 at 0 like PyTorch does.
@inline(__always)
func blockWhereInactive(_ d: UnsafeMutablePointer<Float>, _ output: UnsafePointer<Float>, count: Int) {
    for index in 0..<count { d[index] = output[index] > 0 ? d[index] : 0 }
}

/// sum[i] = the sum over rows of d[row][i].
@inline(__always)
func sumRows(_ d: UnsafePointer<Float>, rows: Int, into sum: UnsafeMutablePointer<Float>, count: Int) {
    sum.update(from: d, count: count)
    for row in 1..<max(rows, 1) { addBias(sum, d + row * count, count: count) }
}

/// target = (1 - tau) target + tau online (Polyak averaging).
@inline(__always)
func mix(_ online: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, tau: Float, count: Int) {
    let keep = 1 - tau
    for index in 0..<count { target[index] = keep * target[index] + tau * online[index] }
}
