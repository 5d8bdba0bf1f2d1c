internal import BarePreads
internal import Foundation
internal import Registers
internal import Simulation

/// The reads that an agent makes on a `VirtualNode`: those of each sample, those that are due less often, and those
/// that look whether somebody else has reprogrammed the counters.
struct ReadPlan {
    struct Read {
        let path: String
        let offset: Int64
        let size: UInt32
        let period: UInt32
    }

    /// The word that lets the benchmark's own binary run as the bare loop.
    static let argument = "bare-loop"

    private(set) var reads: [Read] = []
    /// Reads per sample, those that are made less often by their share.
    var readsPerSample: Double { reads.reduce(0) { $0 + 1 / Double($1.period) } }

    /// The reads at one sample every `interval` milliseconds, with the agent's defaults for everything else.
    init(root: String, intervalMilliseconds: Int) {
        let hardware = VirtualNode.hardware
        let slow = UInt32(max(1, 100 / intervalMilliseconds))
        let verification: UInt32 = 10
        for cpu in 0..<hardware.cpuCount {
            let path = "\(root)/dev/cpu/\(cpu)/msr"
            func add(_ registers: [RegisterAddress], period: UInt32 = 1) {
                reads += registers.map { Read(path: path, offset: Int64($0.rawValue) * 8, size: 8, period: period) }
            }
            let selectors = (0..<4).map { RegisterAddress.eventSelect($0) }
            add([.fixedCounterControl] + selectors + [.globalControl], period: verification)
            add((0..<3).map { .fixedCounter($0) } + [.timeStampCounter] + (0..<4).map { .programmableCounter($0) })
            if cpu == hardware.core(of: cpu) { add([.coreC6Residency, .coreC3Residency, .coreC7Residency]) }
            let isFirst = !(0..<cpu).contains { hardware.socket(of: $0) == hardware.socket(of: cpu) }
            if isFirst { add([.packageC2Residency, .packageC6Residency], period: slow) }
        }
        let devices = "\(root)/sys/bus/pci/devices"
        for device in (try? FileManager.default.contentsOfDirectory(atPath: devices).sorted()) ?? [] {
            func add(_ offsets: [UInt32], period: UInt32) {
                reads += offsets.map {
                    Read(path: "\(devices)/\(device)/config", offset: Int64($0), size: 4, period: period)
                }
            }
            add(
                [MemoryControllerPMON.control(0), MemoryControllerPMON.control(1), MemoryControllerPMON.boxControl],
                period: slow * verification)
            for index in 0..<2 {
                let counter = MemoryControllerPMON.counter(index)
                add([counter + 4, counter, counter + 4], period: slow)
            }
        }
    }

    /// Makes the reads at each tick until the process is ended.
    func runForever(intervalMilliseconds: Int) throws -> Never {
        var paths: [String: UnsafeMutablePointer<CChar>] = [:]
        let bare = reads.map { read in
            let path = paths[read.path] ?? strdup(read.path)
            paths[read.path] = path
            return bare_pread(path: path, offset: read.offset, size: read.size, period: read.period)
        }
        _ = bare_preads_run(bare, bare.count, Int64(intervalMilliseconds) * 1_000_000)
        throw BenchmarkError(description: "the bare loop cannot read below \(reads.first?.path ?? "nothing")")
    }
}
