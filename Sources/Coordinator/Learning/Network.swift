internal import Measures

/// A fully connected network with one activation between its layers and none after the last.
final class Network {
    let shape: NetworkShape
    let activation: Activation
    let parameters: FloatBuffer

    /// All parameters zero.
    init(shape: NetworkShape, activation: Activation = .relu) {
        BLAS.useOneThread
        self.shape = shape
        self.activation = activation
        parameters = FloatBuffer(count: shape.parameterCount)
    }

    /// Weights and biases uniform in +-1/sqrt(fan_in): PyTorch's initial Linear layer, which is He's uniform law (He et
    /// al., ICCV 2015) with a = sqrt(5).
    convenience init(shape: NetworkShape, activation: Activation = .relu, random: inout SeededRandom) {
        self.init(shape: shape, activation: activation)
        for layer in shape.layers {
            let bound = 1 / Double(layer.inputs).squareRoot()
            for index in layer.weights..<layer.bias + layer.outputs {
                parameters.base[index] = Float((2 * random.uniform() - 1) * bound)
            }
        }
    }

    /// The outputs of each layer for one input of `shape.inputs` floats, left in `activations`, which holds one buffer
    /// of at least `outputs` floats per layer. Allocates nothing.
    func forward(_ input: UnsafePointer<Float>, into activations: [FloatBuffer]) {
        BLAS.exclusively { multiply(input, into: activations) }
    }

    private func multiply(_ input: UnsafePointer<Float>, into activations: [FloatBuffer]) {
        var x = input
        let last = shape.layers.count - 1
        for index in 0...last {
            let layer = shape.layers[index]
            let y = activations[index].base
            y.update(from: parameters.base + layer.bias, count: layer.outputs)
            BLAS.addProduct(parameters.base + layer.weights, x, to: y, inputs: layer.inputs, outputs: layer.outputs)
            if index < last { activation.apply(to: y, count: layer.outputs) }
            x = UnsafePointer(y)
        }
    }

    /// The outputs of each layer for `rows` inputs [rows][inputs], left in `activations` as [rows][outputs].
    func forward(_ input: UnsafePointer<Float>, rows: Int, into activations: [FloatBuffer]) {
        BLAS.exclusively { multiply(input, rows: rows, into: activations) }
    }

    private func multiply(_ input: UnsafePointer<Float>, rows: Int, into activations: [FloatBuffer]) {
        var x = input
        let last = shape.layers.count - 1
        for index in 0...last {
            let layer = shape.layers[index]
            let y = activations[index].base
            BLAS.product(
                x, transposed: parameters.base + layer.weights, into: y,
                rows: rows, inputs: layer.inputs, outputs: layer.outputs)
            let bias = UnsafePointer(parameters.base + layer.bias)
            for row in 0..<rows {
                if index < last {
                    activation.apply(to: y + row * layer.outputs, adding: bias, count: layer.outputs)
                } else {
                    addBias(y + row * layer.outputs, bias, count: layer.outputs)
                }
            }
            x = UnsafePointer(y)
        }
    }

    /// The gradient of every parameter, written to `gradients` in the layout of `shape`.
    ///
    /// - Parameters:
    ///   - input: what `forward` was given, [rows][inputs].
    ///   - activations: what `forward` left, the first `rows` rows.
    ///   - deltas: one buffer per layer; the last holds dL/d(output) [rows][outputs], the others are overwritten.
    func backward(
        _ input: UnsafePointer<Float>, rows: Int, activations: [FloatBuffer], deltas: [FloatBuffer],
        gradients: UnsafeMutablePointer<Float>
    ) {
        BLAS.exclusively {
            propagate(input, rows: rows, activations: activations, deltas: deltas, gradients: gradients)
        }
    }

    private func propagate(
        _ input: UnsafePointer<Float>, rows: Int, activations: [FloatBuffer], deltas: [FloatBuffer],
        gradients: UnsafeMutablePointer<Float>
    ) {
        for index in stride(from: shape.layers.count - 1, through: 0, by: -1) {
            let layer = shape.layers[index]
            let delta = UnsafePointer(deltas[index].base)
            let x = index == 0 ? input : UnsafePointer(activations[index - 1].base)
            BLAS.product(
                transposed: delta, x, into: gradients + layer.weights,
                rows: rows, inputs: layer.inputs, outputs: layer.outputs)
            sumRows(delta, rows: rows, into: gradients + layer.bias, count: layer.outputs)
            if index > 0 {
                let below = deltas[index - 1].base
                BLAS.product(
                    delta, parameters.base + layer.weights, into: below,
                    rows: rows, inputs: layer.inputs, outputs: layer.outputs)
                activation.multiplyByDerivative(below, output: x, count: rows * layer.inputs)
            }
        }
    }
}
