import Testing

@testable import Learning

@Suite("Huber loss and Adam, Golden")
struct ArithmeticGoldenTests {
    struct Huber: Decodable {
        struct Mean: Decodable {
            let pred, target, grad_pred: [Float]
            let loss: Float
        }
        let x, loss, grad: [Float]
        let mean_of_4_to_14: Float
        let mean_case: Mean
    }

    struct AdamFile: Decodable {
        struct Trace: Decodable { let param, m, v: [Float] }
        struct Case: Decodable {
            let lr: Double
            let f32: Trace
        }
        let beta1, beta2: Double
        let p0: Float
        let grads: [Float]
        let cases: [String: Case]
    }

    @Test("Huber loss and derivative at each point, tiny and huge ones too")
    func huber() throws {
        let golden = try Golden.load("huber", as: Huber.self)
        #expect(Golden.relativeDistance(golden.x.map(HuberLoss.value), golden.loss) <= 1e-6)
        #expect(golden.x.map(HuberLoss.derivative) == golden.grad)
        let part = golden.x[4...14].map(HuberLoss.value)
        #expect(abs(part.reduce(0, +) / Float(part.count) - golden.mean_of_4_to_14) <= 1e-6)
        let errors = zip(golden.mean_case.pred, golden.mean_case.target).map { $0 - $1 }
        let count = Float(errors.count)
        #expect(abs(errors.map(HuberLoss.value).reduce(0, +) / count - golden.mean_case.loss) <= 2e-6)
        #expect(
            Golden.distance(errors.map { HuberLoss.derivative($0) / count }, golden.mean_case.grad_pred) <= 1e-7)
    }

    @Test("parameter and moments over a hundred steps", arguments: [
        ("adam_lr0.0025", 1e-8, 0), ("adam_lr0.0001", 1e-8, 0), ("adam_eps1e-5", 1e-5, 0),
        ("adamw_lr0.001_wd0.01", 1e-8, 0.01),
    ])
    func adam(name: String, epsilon: Double, weightDecay: Double) throws {
        let golden = try Golden.load("adam", as: AdamFile.self)
        let expected = try #require(golden.cases[name])
        // 19 parameters with the same gradient: the vector loop and its remainder must both agree.
        let count = 19
        let optimizer = Adam(
            count: count, beta1: golden.beta1, beta2: golden.beta2, epsilon: epsilon, weightDecay: weightDecay)
        let parameters = FloatBuffer(count: count)
        let gradients = FloatBuffer(count: count)
        parameters.copy(from: Array(repeating: golden.p0, count: count))
        for (step, gradient) in golden.grads.enumerated() {
            gradients.copy(from: Array(repeating: gradient, count: count))
            optimizer.step(
                parameters.base, gradients: gradients.base, gradientScale: 1, learningRate: expected.lr)
            for (values, wanted) in [
                (parameters, expected.f32.param[step]), (optimizer.firstMoments, expected.f32.m[step]),
                (optimizer.secondMoments, expected.f32.v[step]),
            ] {
                let wantedEach = Array(repeating: wanted, count: count)
                #expect(Golden.relativeDistance(values.array, wantedEach) <= 1e-6, "step \(step + 1)")
            }
        }
    }
}
