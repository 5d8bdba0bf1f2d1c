/// The sizes of a fully connected network and where each layer lies in one flat buffer of parameters: weights
/// [out][in], then bias [out], from the input layer to the output layer.
struct NetworkShape: Hashable, Sendable {
    struct Layer: Hashable, Sendable {
        let inputs, outputs: Int
        /// Index of the first weight and of the first bias.
        let weights, bias: Int
    }

    let layers: [Layer]
    let parameterCount: Int

    /// A network from `inputs` over `hidden` to `outputs`, all positive.
    init(inputs: Int, hidden: [Int], outputs: Int) {
        var layers: [Layer] = []
        var offset = 0
        var width = inputs
        for next in hidden + [outputs] {
            layers.append(Layer(inputs: width, outputs: next, weights: offset, bias: offset + width * next))
            offset += (width + 1) * next
            width = next
        }
        self.layers = layers
        parameterCount = offset
    }

    var inputs: Int { layers[0].inputs }
    var outputs: Int { layers[layers.count - 1].outputs }
}
