/// What follows a reward, discounted: R[t] = r[t] + gamma R[t+1].
enum DiscountedReturns {
    /// The returns of `rewards` in their order, where `after` is the return of whatever follows the last of them.
    /// Summed in double precision and rounded once, from the end.
    static func of(_ rewards: [Float], gamma: Double, after: Float) -> [Float] {
        var returns = [Float](repeating: 0, count: rewards.count)
        var running = Double(after)
        for index in rewards.indices.reversed() {
            running = Double(rewards[index]) + gamma * running
            returns[index] = Float(running)
        }
        return returns
    }
}
