import KernelFiles
import Registers

/// One online logical CPU and its place.
struct LogicalCPU: Hashable, Sendable {
    /// The kernel's number; numbers need not be contiguous.
    let number: Int
    /// The kernel's number of the physical package.
    let package: Int
    /// Online logical CPUs on the same physical core, this one included, ascending.
    let siblings: [Int]
    /// Which of two kinds of core it runs on.
    let kind: CoreKind

    init(number: Int, package: Int, siblings: [Int], kind: CoreKind = .uniform) {
        self.number = number
        self.package = package
        self.siblings = siblings
        self.kind = kind
    }

    /// Whether this CPU reads the core's shared registers: the lowest online sibling does.
    var readsCore: Bool { siblings.first == number }
}

/// The online CPUs of a machine, from sysfs (Linux, Documentation/admin-guide/cputopology.rst).
struct ProcessorTopology: Hashable, Sendable {
    /// Ascending by number.
    let cpus: [LogicalCPU]
    /// Package numbers, ascending.
    let packages: [Int]

    init(cpus: [LogicalCPU]) {
        self.cpus = cpus
        packages = Set(cpus.map(\.package)).sorted()
    }

    /// The lowest online CPU of `package`: it reads the package's registers.
    func reader(ofPackage package: Int) -> LogicalCPU? { cpus.first { $0.package == package } }

    /// The numbers of the CPUs that are online; throws naming the file when it is missing or no CPU list.
    static func onlineCPUs(sysfs: String) throws(CounterError) -> [Int] {
        let path = "\(sysfs)/devices/system/cpu/online"
        guard let text = KernelText.contents(path) else {
            throw CounterError("cannot read \(path): name the folder where sysfs is mounted with --sysfs-root")
        }
        guard let numbers = CPUList.parse(text), !numbers.isEmpty else {
            throw CounterError("\(path) holds \"\(text)\": allowed is a list of CPU numbers such as 0-3,8")
        }
        return numbers
    }

    /// Reads the place of each CPU in `online`. A CPU without topology files counts as a core of its own in package 0,
    /// as in guests that show none.
    init(online: [Int], sysfs: String) {
        let onlineSet = Set(online)
        // The kernel lists the two kinds of a hybrid processor as two core PMUs (Linux, arch/x86/events/intel/core.c).
        func cpus(ofPMU name: String) -> Set<Int> {
            Set(KernelText.contents("\(sysfs)/devices/\(name)/cpus").flatMap { CPUList.parse($0) } ?? [])
        }
        let (performance, efficiency) = (cpus(ofPMU: "cpu_core"), cpus(ofPMU: "cpu_atom"))
        self.init(
            cpus: online.map { number in
                let folder = "\(sysfs)/devices/system/cpu/cpu\(number)/topology"
                let package = KernelText.contents("\(folder)/physical_package_id").flatMap { Int($0) } ?? 0
                let listed = KernelText.contents("\(folder)/thread_siblings_list").flatMap { CPUList.parse($0) } ?? []
                let siblings = listed.filter(onlineSet.contains)
                return LogicalCPU(
                    number: number, package: max(0, package), siblings: siblings.contains(number) ? siblings : [number],
                    kind: performance.contains(number)
                        ? .performance : efficiency.contains(number) ? .efficiency : .uniform)
            })
    }
}
