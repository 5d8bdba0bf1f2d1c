/// What one round of gradient steps did; means over its steps.
public struct TrainingReport: Sendable, Hashable {
    /// The mean Huber loss of the minibatch, before the step.
    public let loss: Double
    /// The global L2 norm of the gradient, before clipping.
    public let gradientNorm: Double

    /// A report of the given figures.
    public init(loss: Double, gradientNorm: Double) {
        self.loss = loss
        self.gradientNorm = gradientNorm
    }
}
