internal import CBLAS
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// The Adam optimiser (Kingma and Ba, ICLR 2015) over one flat buffer of parameters, as PyTorch computes it: epsilon is
/// added after the bias-corrected root, and the corrections are double precision rounded once. With a weight decay it
/// is AdamW (Loshchilov and Hutter, ICLR 2019): each parameter shrinks by that share of the learning rate beforehand.
final class Adam {
    let beta1, beta2, epsilon, weightDecay: Double
    let firstMoments, secondMoments: FloatBuffer
    /// Steps taken so far.
    var steps = 0

    init(count: Int, beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double = 0) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        firstMoments = FloatBuffer(count: count)
        secondMoments = FloatBuffer(count: count)
    }

    /// One step with gradients multiplied by `gradientScale`, all in one pass over memory.
    ///
    /// With c1 = 1 - beta1^t and c2 = 1 - beta2^t, the update (lr / c1) m / (sqrt(v) / sqrt(c2) + epsilon) is computed
    /// as (lr sqrt(c2) / c1) m / (sqrt(v) + epsilon sqrt(c2)): the same number with one division less per parameter.
    func step(
        _ parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>, gradientScale: Float,
        learningRate: Double
    ) {
        steps += 1
        let correction1 = 1 - pow(beta1, Double(steps))
        let root2 = (1 - pow(beta2, Double(steps))).squareRoot()
        let size = Float(learningRate * root2 / correction1)
        let floor = Float(epsilon * root2)
        let share1 = Float(1 - beta1)
        let keep2 = Float(beta2)
        let share2 = Float(1 - beta2)
        let kept = Float(1 - learningRate * weightDecay)
        let m = firstMoments.base
        let v = secondMoments.base
        for index in 0..<firstMoments.count {
            let gradient = gradients[index] * gradientScale
            let first = m[index] + share1 * (gradient - m[index])
            let second = keep2 * v[index] + share2 * gradient * gradient
            m[index] = first
            v[index] = second
            parameters[index] = kept * parameters[index] - size * first / (reeve_square_root(second) + floor)
        }
    }
}
