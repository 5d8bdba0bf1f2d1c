import KernelFiles
import Registers

/// The last-level caches of a machine, from sysfs (Linux, Documentation/ABI/testing/sysfs-devices-system-cpu). A package
/// has one or, on AMD, one for each core complex.
struct LastLevelCaches: Hashable, Sendable {
    /// One cache.
    struct Cache: Hashable, Sendable {
        /// The kernel's number of the cache, which resource control uses too; nil where the kernel gives none.
        let identifier: Int?
        let package: Int
        /// Online CPUs behind the cache, ascending.
        let cpus: [Int]
    }

    /// In the order of their lowest CPUs.
    let caches: [Cache]

    /// The caches of the CPUs of `topology`. A CPU without cache files, as in guests that show none, has no cache.
    init(topology: ProcessorTopology, sysfs: String) {
        let online = Set(topology.cpus.map(\.number))
        var caches: [Cache] = []
        var seen: Set<Int> = []
        for cpu in topology.cpus where !seen.contains(cpu.number) {
            let folder = "\(sysfs)/devices/system/cpu/cpu\(cpu.number)/cache/index3"
            guard let shared = KernelText.contents("\(folder)/shared_cpu_list").flatMap({ CPUList.parse($0) }),
                shared.contains(cpu.number)
            else { continue }
            let cpus = shared.filter(online.contains)
            seen.formUnion(cpus)
            caches.append(
                Cache(
                    identifier: KernelText.contents("\(folder)/id").flatMap { Int($0) }, package: cpu.package,
                    cpus: cpus))
        }
        self.caches = caches
    }

    /// The package of the cache that the kernel numbers `identifier`; nil when there is none.
    func package(ofCache identifier: Int) -> Int? { caches.first { $0.identifier == identifier }?.package }
}
