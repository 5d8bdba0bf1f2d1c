import Testing
import Topology

@testable import Simulation

@Suite("Counters under interference")
struct TestBedActivityTests {
    let counters = ActivityModel(model: LatencyModel())

    func activity(_ placement: VideoPlacement, node: Int, _ pressure: Pressure) -> HardwareActivity {
        var all = [Pressure](repeating: .none, count: 4)
        all[node] = pressure
        return counters.activity(placement: placement, queueWorkers: 8, pressure: all, frames: 32)[node]
    }

    static let places = [
        VideoPlacement(all: 0), VideoPlacement(all: 3), VideoPlacement(framer: 0, facedetector: 1, models: 2),
    ]

    @Test("CPU pressure raises C0 and lowers C1", arguments: places, 0..<4)
    func cpu(placement: VideoPlacement, node: Int) {
        let steps = [0, 0.25, 0.5, 0.75].map { activity(placement, node: node, Pressure(cpu: $0)) }
        for (less, more) in zip(steps, steps.dropFirst()) {
            #expect(less.utilisation < more.utilisation)
            #expect(1 - less.utilisation - less.c6Share > 1 - more.utilisation - more.c6Share)
        }
    }

    @Test("L3 pressure raises misses and lowers IPC", arguments: places, 0..<4)
    func l3(placement: VideoPlacement, node: Int) {
        let steps = [0, 0.25, 0.5, 0.75].map { activity(placement, node: node, Pressure(l3: $0)) }
        for (less, more) in zip(steps, steps.dropFirst()) {
            #expect(less.llcMissesPerSecond * 1.2 < more.llcMissesPerSecond)
            #expect(less.instructionsPerCycle > more.instructionsPerCycle)
        }
    }

    @Test("bandwidth pressure raises memory reads and writes and lowers IPC", arguments: places, 0..<4)
    func memoryBandwidth(placement: VideoPlacement, node: Int) {
        let steps = [0, 0.25, 0.5, 0.75].map { activity(placement, node: node, Pressure(memoryBandwidth: $0)) }
        for (less, more) in zip(steps, steps.dropFirst()) {
            #expect(less.memoryReadBytesPerSecond * 1.2 < more.memoryReadBytesPerSecond)
            #expect(less.memoryWriteBytesPerSecond * 1.2 < more.memoryWriteBytesPerSecond)
            #expect(less.instructionsPerCycle > more.instructionsPerCycle)
        }
    }

    @Test("the load of a placed function shows on its node", arguments: 0..<4)
    func load(node: Int) {
        let empty = activity(VideoPlacement(all: node == 0 ? 1 : 0), node: node, .none)
        let loaded = activity(VideoPlacement(all: node), node: node, .none)
        #expect(loaded.utilisation > empty.utilisation + 0.03)
        #expect(loaded.memoryReadBytesPerSecond > 2 * empty.memoryReadBytesPerSecond)
    }

    @Test("shares stay shares and misses stay below references under every pressure")
    func bounds() {
        let levels = [0, 0.5, 1.0]
        let pressures = levels.flatMap { cpu in
            levels.flatMap { l3 in levels.map { Pressure(cpu: cpu, l3: l3, memoryBandwidth: $0) } }
        }
        for placement in TestBedLatencyTests.placements {
            for pressure in pressures {
                let all = counters.activity(
                    placement: placement, queueWorkers: 8, pressure: .init(repeating: pressure, count: 4), frames: 32)
                #expect(all.allSatisfy { (0...1).contains($0.utilisation) && $0.utilisation + $0.c6Share <= 1 })
                #expect(all.allSatisfy { $0.llcMissesPerSecond <= $0.llcReferencesPerSecond })
                #expect(all.allSatisfy { $0.instructionsPerCycle > 0 && $0.instructionsPerCycle < 4 })
            }
        }
    }
}
