/// The transitions of one gradient step, as arrays over rows.
///
/// Unsafe by design, see `FloatBuffer`; each array has `rows` rows.
final class Minibatch {
    let rows: Int
    let layout: TransitionLayout
    /// [rows][observation], then [rows][next observation]: one matrix of twice the rows, so that one product can serve
    /// both.
    let observations: FloatBuffer
    let rewards: FloatBuffer
    /// Whether the next state has no value: 1 for terminal (not for a time limit) and for an empty mask, otherwise 0.
    let terminal: FloatBuffer
    var actions: [Int32]
    /// [rows][word] of the next state's mask.
    var masks: [UInt64]

    init(rows: Int, layout: TransitionLayout) {
        self.rows = rows
        self.layout = layout
        observations = FloatBuffer(count: 2 * rows * layout.observationCount)
        rewards = FloatBuffer(count: rows)
        terminal = FloatBuffer(count: rows)
        actions = Array(repeating: 0, count: rows)
        masks = Array(repeating: 0, count: rows * layout.maskWords)
    }

    var nextObservations: UnsafeMutablePointer<Float> { observations.base + rows * layout.observationCount }

    /// Takes over the transition in `slot`, which must be valid in the sense of `TransitionLayout`.
    func fill(row: Int, from slot: UnsafeRawPointer) {
        var anyAllowed: UInt64 = 0
        for word in 0..<layout.maskWords {
            let bits = slot.load(fromByteOffset: word * 8, as: UInt64.self)
            masks[row * layout.maskWords + word] = bits
            anyAllowed |= bits
        }
        let flags = slot.load(fromByteOffset: layout.flags, as: UInt32.self)
        terminal.base[row] = flags == TransitionLayout.terminalFlag || anyAllowed == 0 ? 1 : 0
        rewards.base[row] = slot.load(fromByteOffset: layout.reward, as: Float.self)
        actions[row] = slot.load(fromByteOffset: layout.action, as: Int32.self)
        let width = layout.observationCount
        UnsafeMutableRawPointer(observations.base + row * width)
            .copyMemory(from: slot + layout.observation, byteCount: width * 4)
        UnsafeMutableRawPointer(nextObservations + row * width)
            .copyMemory(from: slot + layout.nextObservation, byteCount: width * 4)
    }

    /// The largest of `values` (one per action) that row's mask allows; 0 when it allows none, where the value has no
    /// weight in the target.
    func largestAllowed(_ values: UnsafePointer<Float>, row: Int) -> Float {
        let action = bestAllowed(values, row: row)
        return action < 0 ? 0 : values[action]
    }

    /// The lowest action among those with the largest of `values` that row's mask allows; -1 when it allows none.
    func bestAllowed(_ values: UnsafePointer<Float>, row: Int) -> Int {
        var best = -1
        for action in 0..<layout.actionCount {
            let word = masks[row * layout.maskWords + action >> 6]
            if word >> UInt64(action & 63) & 1 == 1, best < 0 || values[action] > values[best] { best = action }
        }
        return best
    }
}
