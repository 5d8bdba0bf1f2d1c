import Testing

@testable import Simulation

@Suite("Latency model")
struct TestBedLatencyTests {
    let model = LatencyModel()
    let calm = [Pressure](repeating: .none, count: 4)

    static let placements = (0..<64).map { VideoPlacement(framer: $0 / 16, facedetector: $0 / 4 % 4, models: $0 % 4) }

    @Test("the parts of a request add up to its latency", arguments: placements)
    func parts(placement: VideoPlacement) {
        let parts = model.breakdown(placement: placement, queueWorkers: 8, pressure: calm, frames: 32)
        let sum = parts.framer + parts.facedetector + parts.models + parts.outputer + parts.request
        #expect(parts.total == sum)
        #expect(model.latencySeconds(placement: placement, replicas: 8, pressure: calm) == sum)
    }

    @Test("more pressure of any kind on any node never makes a request faster", arguments: placements)
    func monotoneInPressure(placement: VideoPlacement) {
        let raises: [(Double) -> Pressure] = [
            { Pressure(cpu: $0) }, { Pressure(l3: $0) }, { Pressure(memoryBandwidth: $0) },
        ]
        for node in 0..<4 {
            for raise in raises {
                let seconds = [0, 0.25, 0.5, 0.75, 1].map { level in
                    var pressure = calm
                    pressure[node] = raise(level)
                    return model.latencySeconds(placement: placement, replicas: 8, pressure: pressure)
                }
                #expect(seconds == seconds.sorted())
            }
        }
    }

    @Test("a node that hosts nothing has no say, whatever presses on it")
    func idleNode() {
        var pressure = calm
        pressure[2] = Pressure(cpu: 0.75, l3: 0.75, memoryBandwidth: 0.75)
        let placement = VideoPlacement(framer: 0, facedetector: 1, models: 3)
        #expect(
            model.latencySeconds(placement: placement, replicas: 8, pressure: pressure)
                == model.latencySeconds(placement: placement, replicas: 8, pressure: calm))
    }

    @Test("each replica up to the cores of a node shortens a request, beyond the cores of w04 they lengthen it")
    func replicas() {
        let wide = (1...8).map { model.latencySeconds(placement: VideoPlacement(all: 0), replicas: $0, pressure: calm) }
        #expect(zip(wide, wide.dropFirst()).allSatisfy { $0 > $1 })
        let narrow = (1...8).map {
            model.latencySeconds(placement: VideoPlacement(all: 3), replicas: $0, pressure: calm)
        }
        #expect(narrow[3] < narrow[0])
        #expect(narrow[7] > narrow[3])
    }

    @Test("more queue workers than frames change nothing")
    func idleQueueWorkers() {
        func seconds(_ queueWorkers: Int) -> Double {
            model.latencySeconds(of: .separate, on: 0, frames: 7, queueWorkers: queueWorkers)
        }
        #expect(seconds(7) == seconds(16))
        #expect(seconds(6) > seconds(7))
    }

    @Test("models on two nodes take the frames' shares of either")
    func splitModels() {
        func models(_ faceanalyzer: Int, _ mobilenet: Int) -> Double {
            model.breakdown(
                placement: VideoPlacement(
                    framer: 0, facedetector: 0, faceanalyzer: faceanalyzer, mobilenet: mobilenet, outputer: 0),
                queueWorkers: 1, pressure: calm, frames: 32
            ).models
        }
        let share = model.parameters.faceShare
        #expect(abs(models(0, 1) - (share * models(0, 0) + (1 - share) * models(1, 1))) < 1e-9)
    }

    @Test("merging functions never makes a request slower", arguments: [7, 16, 32, 65], 0..<4)
    func versions(frames: Int, node: Int) {
        let seconds = VideoWorkflowVersion.allCases.map {
            model.latencySeconds(of: $0, on: node, frames: frames, queueWorkers: 1)
        }
        #expect(seconds[0] == seconds[1])
        #expect(seconds[1] > seconds[2])
        #expect(seconds[2] > seconds[3])
    }

    @Test("contention is 1 without pressure, 1 + amplitude at full pressure")
    func curve() {
        let curve = ContentionCurve(amplitude: 1.5, exponent: 3)
        #expect(curve.factor(at: 0) == 1)
        #expect(curve.factor(at: 1) == 2.5)
        #expect(curve.factor(at: 0.5) == 1.1875)
    }

    @Test("pressure outside 0 to 1 is brought into it")
    func clamped() {
        #expect(Pressure(cpu: -1, l3: 2, memoryBandwidth: 0.5) == Pressure(cpu: 0, l3: 1, memoryBandwidth: 0.5))
    }
}
