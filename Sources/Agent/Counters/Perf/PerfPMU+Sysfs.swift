import KernelFiles
import Registers

extension PerfPMU {
    /// The units of use that the kernel lists below `sysfs`, sorted by name. Servers list hundreds of others, each with
    /// a dozen files, which are not read. A unit without a number for its type is left out, and so are formats and
    /// events that cannot be understood.
    static func discover(sysfs: String) -> [PerfPMU] {
        let folder = folder(sysfs: sysfs)
        return KernelText.names(in: folder).filter(isOfUse).compactMap { PerfPMU(name: $0, folder: "\(folder)/\($0)") }
    }

    /// Where the kernel lists its units.
    static func folder(sysfs: String) -> String { "\(sysfs)/bus/event_source/devices" }

    private init?(name: String, folder: String) {
        guard let type = KernelText.contents("\(folder)/type").flatMap({ PerfTerm.number($0) }).flatMap(UInt32.init)
        else { return nil }
        self.init(name: name, type: type)
        readers = KernelText.contents("\(folder)/cpumask").flatMap { CPUList.parse($0) }
        cpus = KernelText.contents("\(folder)/cpus").flatMap { CPUList.parse($0) }
        for term in KernelText.names(in: "\(folder)/format") {
            formats[term] = KernelText.contents("\(folder)/format/\(term)").flatMap { PerfFormat($0) }
        }
        // A name with a dot is a property of the event before it: .scale, .unit, .per-pkg, .snapshot.
        for event in KernelText.names(in: "\(folder)/events") where !event.contains(".") {
            let path = "\(folder)/events/\(event)"
            guard let terms = KernelText.contents(path).flatMap({ PerfTerm.list($0) }) else { continue }
            let scale = KernelText.contents("\(path).scale").flatMap { Double($0) }
            events[event] = NamedEvent(
                terms: terms, scale: scale.flatMap { $0.isFinite && $0 > 0 ? $0 : nil },
                unit: KernelText.contents("\(path).unit"))
        }
    }
}
