internal import CScoring
public import Measures
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Acts on a scoring policy: scores the allowed candidates, and them only, and picks one.
///
/// Eight candidates are scored at once, one to a lane, without the matrix library: its lock and the start of its calls
/// cost more than products of this size. What the candidates have in common, the context, goes through the first layer
/// once.
public struct CandidateScorer: Sendable {
    static let laneCount = Int(REEVE_LANES)

    /// What is chosen among.
    public let candidates: CandidateTable
    let shape: NetworkShape
    /// The network's parameters, and the first layer's weights of the context as [context][unit] and of the features as
    /// [unit][feature].
    private var parameters, contextWeights, featureWeights: [Float]
    /// The candidates' features, [candidate][feature].
    private let features: [Float]

    /// A scorer for `policy`.
    public init(_ policy: ScoringPolicy) {
        candidates = policy.candidates
        shape = policy.candidates.shape(hidden: policy.hiddenSizes)
        let first = shape.layers[0]
        parameters = policy.parameters
        contextWeights = Array(repeating: 0, count: candidates.contextCount * first.outputs)
        featureWeights = Array(repeating: 0, count: candidates.featureCount * first.outputs)
        features = candidates.features.flatMap { $0 }
        arrange()
    }

    /// Takes over the parameters of a network of the same shape.
    mutating func load(_ values: UnsafePointer<Float>) {
        parameters.withUnsafeMutableBufferPointer { own in
            for index in own.indices { own[index] = values[index] }
        }
        arrange()
    }

    private mutating func arrange() {
        let first = shape.layers[0]
        for unit in 0..<first.outputs {
            let weights = first.weights + unit * first.inputs
            for index in 0..<candidates.contextCount {
                contextWeights[index * first.outputs + unit] = parameters[weights + index]
            }
            for index in 0..<candidates.featureCount {
                featureWeights[unit * candidates.featureCount + index] =
                    parameters[weights + candidates.contextCount + index]
            }
        }
    }

    /// A candidate and how it was picked.
    public struct Choice: Sendable, Hashable {
        /// The candidate, an index.
        public let candidate: Int
        /// The logarithm of the probability that the policy gives it among the allowed ones.
        public let logProbability: Float
    }

    /// The allowed candidate of the highest score, the lowest index among equals. `context` must have as many floats as
    /// the table says, and at least one candidate must be allowed. A score that is not a number never wins against one.
    public func best(context: UnsafePointer<Float>, allowed: ActionMask) -> Int {
        withScores(context, allowed) { scored in
            let scores = scored.scores
            var best = 0
            for row in 1..<max(scored.count, 1)
            where scores[row] > scores[best] || (scores[best].isNaN && !scores[row].isNaN) {
                best = row
            }
            return Int(scored.candidates[best])
        }
    }

    /// An allowed candidate drawn with the policy's probability. Same demands as `best`.
    public func sample(
        context: UnsafePointer<Float>, allowed: ActionMask, random: inout SeededRandom
    ) -> Choice {
        let uniform = Float(random.uniform())
        return withScores(context, allowed) { scored in
            let logSum = scored.sumExponentials()
            let drawn = uniform * scored.runningSums[scored.count - 1]
            var row = 0
            while row < scored.count - 1, scored.runningSums[row] <= drawn { row += 1 }
            return scored.choice(row, logSum: logSum)
        }
    }

    /// Each allowed candidate in rising order with the logarithm of its probability. Same demands as `best`.
    public func logProbabilities(context: UnsafePointer<Float>, allowed: ActionMask) -> [Choice] {
        withScores(context, allowed) { scored in
            let logSum = scored.sumExponentials()
            return (0..<scored.count).map { scored.choice($0, logSum: logSum) }
        }
    }

    /// The allowed candidates in rising order with their scores, in memory that lasts as long as one call.
    private struct Scored {
        var count = 0
        let candidates: UnsafeMutablePointer<Int32>
        let scores, runningSums: UnsafeMutablePointer<Float>

        /// Leaves the running sums of exp(score - highest score) and returns the logarithm of the sum of exp(score).
        func sumExponentials() -> Float {
            var highest = -Float.infinity
            for row in 0..<count { highest = max(highest, scores[row]) }
            var sum: Float = 0
            for row in 0..<count {
                sum += expf(scores[row] - highest)
                runningSums[row] = sum
            }
            return highest + logf(sum)
        }

        func choice(_ row: Int, logSum: Float) -> Choice {
            Choice(candidate: Int(candidates[row]), logProbability: scores[row] - logSum)
        }

        /// Takes in the allowed candidates; the last block is filled up with the last of them.
        mutating func compact(_ allowed: ActionMask) {
            for index in 0..<ActionMask.wordCount(allowed.actionCount) {
                var bits = allowed.word(index)
                while bits != 0 {
                    candidates[count] = Int32(index << 6 + bits.trailingZeroBitCount)
                    count += 1
                    bits &= bits - 1
                }
            }
            for filler in count..<count + laneCount { candidates[filler] = candidates[count - 1] }
        }
    }

    @inline(__always)
    private func withScores<Result>(
        _ context: UnsafePointer<Float>, _ allowed: ActionMask, _ body: (Scored) -> Result
    ) -> Result {
        precondition(allowed.actionCount == candidates.count, "a mask of the table's size")
        precondition(!allowed.isEmpty, "at least one allowed candidate")
        let lanes = Self.laneCount
        // Whole lanes throughout, so that each part starts where one may.
        let rows = (candidates.count / lanes + 2) * lanes
        let widest = (shape.layers.map(\.outputs).max() ?? 1) * lanes
        let floats = 3 * rows + candidates.featureCount * lanes + 3 * widest
        return withUnsafeTemporaryAllocation(byteCount: 4 * floats, alignment: 64) { raw in
            // At least one candidate, so there is an address.
            let base = raw.baseAddress!
            let working = base.assumingMemoryBound(to: Float.self)
            var scored = Scored(
                candidates: (base + 8 * rows).assumingMemoryBound(to: Int32.self), scores: working,
                runningSums: working + rows)
            scored.compact(allowed)
            score(scored, context, working + 3 * rows, widest)
            return body(scored)
        }
    }

    /// Scores the candidates of `scored` with `working` for working memory: three times `widest` floats and the lanes
    /// of one block's features.
    private func score(
        _ scored: Scored, _ context: UnsafePointer<Float>, _ working: UnsafeMutablePointer<Float>, _ widest: Int
    ) {
        let shared = working
        let units = (working + widest, working + 2 * widest)
        let lanes = working + 3 * widest
        addContext(context, to: shared)
        parameters.withUnsafeBufferPointer { parameters in
            for start in stride(from: 0, to: scored.count, by: Self.laneCount) {
                gather(scored.candidates + start, into: lanes)
                // A network has parameters, so there is an address.
                scoreBlock(lanes, shared, units, parameters.baseAddress!, into: scored.scores + start)
            }
        }
    }

    /// `shared` = biases + the context's share of the first layer.
    private func addContext(_ context: UnsafePointer<Float>, to shared: UnsafeMutablePointer<Float>) {
        let first = shape.layers[0]
        for unit in 0..<first.outputs { shared[unit] = parameters[first.bias + unit] }
        contextWeights.withUnsafeBufferPointer { weights in
            for index in 0..<candidates.contextCount {
                let value = context[index]
                for unit in 0..<first.outputs { shared[unit] += value * weights[index * first.outputs + unit] }
            }
        }
    }

    private func gather(_ candidates: UnsafePointer<Int32>, into lanes: UnsafeMutablePointer<Float>) {
        let width = self.candidates.featureCount
        for feature in 0..<width {
            for lane in 0..<Self.laneCount {
                lanes[feature * Self.laneCount + lane] = features[Int(candidates[lane]) * width + feature]
            }
        }
    }

    /// Eight scores from the features in `lanes`.
    private func scoreBlock(
        _ lanes: UnsafePointer<Float>, _ shared: UnsafePointer<Float>,
        _ units: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>), _ parameters: UnsafePointer<Float>,
        into scores: UnsafeMutablePointer<Float>
    ) {
        let last = shape.layers.count - 1
        var output = last == 0 ? scores : units.0
        featureWeights.withUnsafeBufferPointer { weights in
            // Without features nothing is read from the weights.
            reeve_layer(
                weights.baseAddress ?? parameters, shared, lanes, output, candidates.featureCount,
                shape.layers[0].outputs, last == 0 ? 0 : 1)
        }
        for index in 1..<max(shape.layers.count, 1) {
            let layer = shape.layers[index]
            let input = output
            output = index == last ? scores : (index & 1 == 1 ? units.1 : units.0)
            reeve_layer(
                parameters + layer.weights, parameters + layer.bias, input, output, layer.inputs, layer.outputs,
                index == last ? 0 : 1)
        }
    }
}
