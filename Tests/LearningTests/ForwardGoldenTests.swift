import Testing

@testable import Learning

@Suite("Forward pass, Golden")
struct ForwardGoldenTests {
    struct Small: Decodable {
        let sizes: [Int]
        let layers: [Golden.Layer]
        let inputs: [[Float]]
        let hidden: [[[Float]]]
        let outputs: [[Float]]
        let argmax: [Int]
    }

    struct Full: Decodable {
        let seed: Int
        let sizes: [Int]
        let param_count: Int
        let inputs: [[Float]]
        let outputs: [[Float]]
        let argmax: [Int]
    }

    @Test("hidden and output values of 35-16-8-12, one observation at a time and as a batch")
    func small() throws {
        let golden = try Golden.load("dqn_forward", as: Small.self)
        let network = Network(shape: Golden.shape(golden.sizes))
        network.parameters.copy(from: golden.layers.flatMap(\.flat))
        let batch = forward(network, golden.inputs)
        for row in golden.inputs.indices {
            let single = forward(network, [golden.inputs[row]])
            for values in [batch.map { $0[row] }, single.map { $0[0] }] {
                #expect(Golden.distance(values[0], golden.hidden[0][row]) <= 5e-6)
                #expect(Golden.distance(values[1], golden.hidden[1][row]) <= 5e-6)
                #expect(Golden.distance(values[2], golden.outputs[row]) <= 5e-6)
                #expect(argmax(values[2]) == golden.argmax[row])
            }
        }
    }

    @Test("output values of 35-256-128-64-12 with weights by rule")
    func full() throws {
        let golden = try Golden.load("dqn_forward_full", as: Full.self)
        let shape = Golden.shape(golden.sizes)
        #expect(shape.parameterCount == golden.param_count)
        let network = Network(shape: shape)
        for layer in shape.layers {
            let bound = 1 / Double(layer.inputs).squareRoot()
            for index in layer.weights..<layer.bias + layer.outputs {
                let state = (1_103_515_245 * (index + 12_345 + golden.seed)) % (1 << 31)
                network.parameters.base[index] = Float((Double(state) / Double(1 << 30) - 1) * bound)
            }
        }
        let batch = forward(network, golden.inputs)
        for row in golden.inputs.indices {
            let single = forward(network, [golden.inputs[row]])
            #expect(Golden.distance(batch[3][row], golden.outputs[row]) <= 5e-6)
            #expect(Golden.distance(single[3][0], golden.outputs[row]) <= 5e-6)
            #expect(argmax(single[3][0]) == golden.argmax[row])
        }
    }

    /// [layer][row][unit]; one row takes the path for single observations.
    private func forward(_ network: Network, _ inputs: [[Float]]) -> [[[Float]]] {
        let activations = network.shape.layers.map { FloatBuffer(count: inputs.count * $0.outputs) }
        inputs.flatMap { $0 }.withUnsafeBufferPointer {
            if inputs.count == 1 {
                network.forward($0.baseAddress!, into: activations)
            } else {
                network.forward($0.baseAddress!, rows: inputs.count, into: activations)
            }
        }
        return activations.map { buffer in
            let width = buffer.count / inputs.count
            return inputs.indices.map { Array(buffer.array[$0 * width..<($0 + 1) * width]) }
        }
    }

    private func argmax(_ values: [Float]) -> Int { values.firstIndex(of: values.max()!)! }
}
