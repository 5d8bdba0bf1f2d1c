import Foundation
import Registers

@testable import Counters

/// A folder that stands in for sysfs and proc, with units of performance events, removed when it is let go.
final class PerfTree: Sendable {
    let root: String

    init() throws {
        root = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-perf-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    /// Writes `text` and a line's end to `path`, as sysfs does.
    func write(_ text: String, to path: String) throws { try write(Data("\(text)\n".utf8), to: path) }

    func write(_ bytes: Data, to path: String) throws {
        let file = URL(fileURLWithPath: "\(root)/\(path)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try bytes.write(to: file)
    }

    /// Adds a unit; `files` are relative to its folder.
    func addUnit(_ name: String, type: Int, _ files: [String: String] = [:]) throws {
        let folder = "bus/event_source/devices/\(name)"
        try write("\(type)", to: "\(folder)/type")
        for (path, text) in files { try write(text, to: "\(folder)/\(path)") }
    }

    func unit(_ name: String) -> PerfPMU? { PerfPMU.discover(sysfs: root).first { $0.name == name } }
}

/// Units as real machines show them.
enum PerfUnits {
    static func unit(
        _ name: String, type: UInt32, readers: [Int]? = nil, cpus: [Int]? = nil, formats: [String: String],
        events: [String: String] = [:], scale: Double? = nil, unit: String? = nil
    ) -> PerfPMU {
        PerfPMU(
            name: name, type: type, readers: readers, cpus: cpus,
            formats: formats.compactMapValues { PerfFormat($0) },
            events: events.compactMapValues { terms in
                PerfTerm.list(terms).map { PerfPMU.NamedEvent(terms: $0, scale: scale, unit: unit) }
            })
    }

    static let intelCore = unit("cpu", type: 4, formats: ["event": "config:0-7", "umask": "config:8-15"])
    static let amdCore = unit("cpu", type: 4, formats: ["event": "config:0-7,32-35", "umask": "config:8-15"])
    static let performanceCores = unit(
        "cpu_core", type: 4, cpus: [0, 1, 2, 3], formats: ["event": "config:0-7", "umask": "config:8-15"])
    static let efficientCores = unit(
        "cpu_atom", type: 10, cpus: [4, 5], formats: ["event": "config:0-7", "umask": "config:8-15"])
    static let msr = unit(
        "msr", type: 9, formats: ["event": "config:0-63"],
        events: ["tsc": "event=0x00", "aperf": "event=0x01", "mperf": "event=0x02", "smi": "event=0x04"])
    static let guestMSR = unit(
        "msr", type: 10, formats: ["event": "config:0-63"], events: ["tsc": "event=0x00", "smi": "event=0x04"])
}

extension PerfRequest {
    /// An event of the kernel's software kind.
    static func software(_ quantity: Quantity, _ config: UInt64) -> PerfRequest {
        PerfRequest(quantity: quantity, code: PerfEventCode(type: 1, config: config), name: "\(quantity)")
    }

    /// An event that takes a counter.
    static func hardware(_ quantity: Quantity, _ config: UInt64, _ necessity: PerfNecessity = .needed) -> PerfRequest {
        PerfRequest(
            quantity: quantity, code: PerfEventCode(type: 4, config: config), name: "\(quantity)",
            necessity: necessity, takesCounter: true)
    }
}

extension ProcessorSignature {
    static let skylakeServer = ProcessorSignature(family: 6, model: 0x55, stepping: 4)
    static let cascadeLake = ProcessorSignature(family: 6, model: 0x55, stepping: 7)
    static let iceLakeServer = ProcessorSignature(family: 6, model: 0x6A, stepping: 6)
    static let sapphireRapids = ProcessorSignature(family: 6, model: 0x8F, stepping: 8)
    static let graniteRapids = ProcessorSignature(family: 6, model: 0xAD, stepping: 1)
    static let haswellServer = ProcessorSignature(family: 6, model: 0x3F, stepping: 2)
    static let alderLake = ProcessorSignature(family: 6, model: 0x97, stepping: 2)
    static let futureIntel = ProcessorSignature(family: 19, model: 1, stepping: 1)
    static let zen2 = ProcessorSignature(vendor: .amd, family: 0x17, model: 0x31, stepping: 0)
    static let zen3 = ProcessorSignature(vendor: .amd, family: 0x19, model: 0x01, stepping: 1)
    static let zen4 = ProcessorSignature(vendor: .amd, family: 0x19, model: 0x11, stepping: 1)
    static let zen5 = ProcessorSignature(vendor: .amd, family: 0x1A, model: 0x02, stepping: 1)
    static let futureAMD = ProcessorSignature(vendor: .amd, family: 0x1B, model: 1, stepping: 1)
}
