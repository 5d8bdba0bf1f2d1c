/// The Huber loss with threshold 1, equal to PyTorch's smooth L1 loss with beta 1 (Huber, Ann. Math. Stat. 35(1),
/// 1964).
enum HuberLoss {
    /// x^2 / 2 for |x| < 1, |x| - 1/2 otherwise.
    static func value(_ error: Float) -> Float {
        abs(error) < 1 ? 0.5 * error * error : abs(error) - 0.5
    }

    /// The derivative of `value`: `error` held to -1 ... 1. A NaN stays one, so that a diverged run shows.
    static func derivative(_ error: Float) -> Float {
        abs(error) >= 1 ? (error > 0 ? 1 : -1) : error
    }
}
