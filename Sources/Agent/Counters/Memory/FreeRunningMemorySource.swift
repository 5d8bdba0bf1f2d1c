import Measures
import Registers

/// Memory traffic of Ice Lake servers through counters that run by themselves in the memory controllers' registers, which
/// are mapped into physical memory. Nothing is written, so there is nobody to disturb.
///
/// What goes to persistent memory is counted apart by the hardware and not contained.
struct FreeRunningMemorySource: CounterSource {
    /// Opens so many bytes of physical memory at an address.
    typealias Opener = (UInt64, Int) throws(RegisterError) -> any MemoryWindow

    private struct Socket {
        let row: Int
        /// The configuration space that tells where the controllers are.
        let locator: String
        var controllers: [any MemoryWindow] = []
    }

    private static let quantities = QuantitySet([.memoryReads, .memoryWrites])
    private static let pageBytes: UInt64 = 4096

    let name = "mmio"
    private(set) var revision = 0
    private(set) var failedReads = 0
    private(set) var reads = 0

    private let layout: FrameLayout
    private let open: Opener?
    private var sockets: [Socket] = []
    private var reasons: [Int: String] = [:]

    /// Finds each socket's device that tells where its controllers are. Nothing is opened before `claim`; `open` is nil
    /// where no physical memory belongs to the files that describe the machine.
    init(layout: FrameLayout, generation: ProcessorGeneration?, sysfs: String, open: Opener?) {
        self.layout = layout
        self.open = open
        guard generation == .iceLakeServer else { return }
        let place = MappedMemoryPMON.locatorPlace
        let found = MemoryControllerScan(sysfs: sysfs, topology: layout.topology)
            .find([MappedMemoryPMON.locator]) { name in name.hasSuffix(":0\(place.device).\(place.function)") }
        for package in layout.topology.packages {
            guard let row = layout.row(ofPackage: package) else { continue }
            if let device = found.first(where: { $0.package == package }) {
                sockets.append(Socket(row: row, locator: device.path))
            } else {
                reasons[row] = "no UBOX is listed in \(sysfs)/bus/pci/devices (guests have none)"
            }
        }
    }

    // MARK: Claiming

    mutating func claim(_ demand: CounterDemand, now: MonotonicInstant) {
        for index in sockets.indices {
            let isWanted = !demand[sockets[index].row].isDisjoint(with: Self.quantities)
            if !isWanted {
                sockets[index].controllers = []
            } else if sockets[index].controllers.isEmpty, reasons[sockets[index].row] == nil {
                map(index)
            }
        }
    }

    /// Maps a socket's controllers: all of them, for a sum without one would be too low.
    private mutating func map(_ index: Int) {
        do throws(RegisterError) {
            let addresses = try Self.addresses(sockets[index].locator)
            guard let open else {
                refuse(index, "no physical memory belongs to these files; name a file that stands in for it")
                return
            }
            guard !addresses.isEmpty else {
                refuse(index, "firmware gives no address of a memory controller (\(sockets[index].locator))")
                return
            }
            var controllers: [any MemoryWindow] = []
            for address in addresses {
                controllers.append(try open(address + Self.firstByte, Int(Self.pageBytes)))
            }
            sockets[index].controllers = controllers
        } catch {
            refuse(index, Self.sentence(error))
        }
    }

    /// The page that holds the counters, from the controller's address on.
    private static let firstByte = MappedMemoryPMON.freeRunningReads / pageBytes * pageBytes

    /// Where the controllers of a socket are; one that firmware gives no distance does not exist.
    private static func addresses(_ locator: String) throws(RegisterError) -> [UInt64] {
        let space = try FileConfigurationSpace(path: locator, writable: false)
        let base = try space.read(at: MappedMemoryPMON.baseOffset)
        var addresses: [UInt64] = []
        for controller in 0..<MappedMemoryPMON.controllers {
            let distance = try space.read(at: MappedMemoryPMON.controllerOffset(controller))
            guard let own = MappedMemoryPMON.controllerAddress(base: base, distance: distance),
                own != MappedMemoryPMON.controllerAddress(base: base, distance: 0)
            else { continue }
            addresses.append(own)
        }
        return addresses
    }

    private static func sentence(_ error: RegisterError) -> String {
        switch error.operation {
        case .read where error.failure == .shortTransfer:
            "\(error); CAP_SYS_ADMIN is needed behind the first 64 bytes of configuration space"
        case .open where error.meansMissing: "\(error): the kernel offers no such device (CONFIG_DEVMEM)"
        case .open where error.meansReadOnly:
            "\(error); CAP_SYS_RAWIO and access to the device are needed, and a kernel in lockdown refuses it to all"
        case .map where error.meansReadOnly:
            "\(error); the kernel keeps the range for its own driver (CONFIG_IO_STRICT_DEVMEM)"
        default: "\(error)"
        }
    }

    private mutating func refuse(_ index: Int, _ reason: String) {
        sockets[index].controllers = []
        reasons[sockets[index].row] = reason
        revision += 1
    }

    func availability(of quantity: Quantity, row: Int) -> Availability? {
        guard Self.quantities.contains(quantity) else { return nil }
        if let reason = reasons[row] { return .unavailable(reason: reason) }
        guard let socket = sockets.first(where: { $0.row == row }) else { return nil }
        let count = socket.controllers.count
        return .available(
            CounterKind(
                width: .bits48, unit: Double(MappedMemoryPMON.bytesPerCount),
                detail: "free-running counters of \(count) memory controllers, persistent memory apart"))
    }

    // MARK: Reading

    mutating func read(_ due: QuantitySet, into frame: inout CounterFrame) {
        guard !due.isDisjoint(with: Self.quantities) else { return }
        for index in sockets.indices where !sockets[index].controllers.isEmpty {
            reads += 2 * sockets[index].controllers.count
            do throws(RegisterError) {
                let counts = try Self.sum(sockets[index].controllers)
                guard let counts else {
                    failedReads += 1
                    refuse(index, "a memory controller answers all ones, as addresses do that nothing is behind")
                    continue
                }
                frame[sockets[index].row, .memoryReads] = counts.reads
                frame[sockets[index].row, .memoryWrites] = counts.writes
            } catch {
                failedReads += 1
                refuse(index, Self.sentence(error))
            }
        }
    }

    /// Modulo 2^48; nil when a controller is not there.
    private static func sum(
        _ controllers: [any MemoryWindow]
    ) throws(RegisterError) -> (reads: UInt64, writes: UInt64)? {
        var sum: (reads: UInt64, writes: UInt64) = (0, 0)
        for controller in controllers {
            let reads = try controller.read(at: Int(MappedMemoryPMON.freeRunningReads - firstByte))
            let writes = try controller.read(at: Int(MappedMemoryPMON.freeRunningWrites - firstByte))
            guard reads != .max, writes != .max else { return nil }
            sum.reads &+= reads
            sum.writes &+= writes
        }
        let mask = CounterWidth.bits48.mask
        return (sum.reads & mask, sum.writes & mask)
    }

    mutating func close() {
        for index in sockets.indices { sockets[index].controllers = [] }
    }
}
