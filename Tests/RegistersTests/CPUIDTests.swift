import Foundation
import Registers
import Testing

struct CPUIDTests {
    private func table(vendor: (UInt32, UInt32, UInt32), last: UInt32, identity: UInt32) -> CPUIDTable {
        var table = CPUIDTable()
        table[0] = CPUIDRegisters(eax: last, ebx: vendor.0, ecx: vendor.2, edx: vendor.1)
        table[1] = CPUIDRegisters(eax: identity)
        return table
    }

    /// "GenuineIntel" and "AuthenticAMD" in the order EBX, EDX, ECX.
    private let intel: (UInt32, UInt32, UInt32) = (0x756E_6547, 0x4965_6E69, 0x6C65_746E)
    private let amd: (UInt32, UInt32, UInt32) = (0x6874_7541, 0x6974_6E65, 0x444D_4163)

    @Test func signatureIsPutTogetherFromItsExtendedParts() throws {
        let cascadeLake = try ProcessorCapabilities(cpuid: table(vendor: intel, last: 1, identity: 0x5_0657))
        #expect(cascadeLake.signature == ProcessorSignature(family: 6, model: 0x55, stepping: 7))
        let rome = try ProcessorCapabilities(cpuid: table(vendor: amd, last: 1, identity: 0x83_0F10))
        #expect(rome.signature == ProcessorSignature(vendor: .amd, family: 0x17, model: 0x31, stepping: 0))
        let other = try ProcessorCapabilities(cpuid: table(vendor: (1, 2, 3), last: 1, identity: 0x83_0F10))
        #expect(other.signature == nil)
        #expect(other.architectural == nil && other.zen == nil)
    }

    @Test func leavesBehindTheLastAreNotBelieved() throws {
        var table = table(vendor: intel, last: 1, identity: 0x5_0657)
        // A CPU answers a leaf that it does not have with the contents of its last one.
        table[6] = CPUIDRegisters(ecx: 1)
        table[0x0A] = CPUIDRegisters(eax: 0x0730_0404, edx: 0x603)
        table[0x8000_0007] = CPUIDRegisters(edx: 1 << 8)
        table[0x4000_0010] = CPUIDRegisters(eax: 2_000_000)
        let capabilities = try ProcessorCapabilities(cpuid: table)
        #expect(!capabilities.hasPerformanceClocks)
        #expect(capabilities.architectural == nil)
        #expect(!capabilities.hasInvariantTimeStamp)
        #expect(capabilities.timeStampHertz == nil)
    }

    @Test func countersOfACoreAreDescribed() throws {
        var table = table(vendor: intel, last: 0x16, identity: 0x5_0657)
        table[6] = CPUIDRegisters(ecx: 1)
        table[0x0A] = CPUIDRegisters(eax: 0x0730_0404, edx: 0x603)
        table[0x16] = CPUIDRegisters(eax: 2100, ebx: 4000)
        table[0x8000_0000] = CPUIDRegisters(eax: 0x8000_0008)
        table[0x8000_0007] = CPUIDRegisters(edx: 1 << 8)
        let capabilities = try ProcessorCapabilities(cpuid: table)
        let counters = try #require(capabilities.architectural)
        #expect(counters.version == 4)
        #expect(counters.programmable == 4 && counters.programmableBits == 48)
        #expect(counters.fixed == 3 && counters.fixedBits == 48)
        #expect(counters.hasCacheMisses && counters.hasCacheReferences)
        #expect(capabilities.hasPerformanceClocks && capabilities.hasInvariantTimeStamp && !capabilities.isGuest)
        #expect(capabilities.timeStampHertz == 2_100_000_000)
        #expect(capabilities.coreKind == .uniform)
    }

    @Test func architecturalEventIsMissingWhereItsBitIsSetOrTheListIsShort() {
        let all = CPUIDRegisters(eax: 0x0730_0402, ebx: 1 << 4, edx: 0x603)
        #expect(ArchitecturalMonitoring(leaf: all)?.hasCacheMisses == false)
        #expect(ArchitecturalMonitoring(leaf: all)?.hasCacheReferences == true)
        let short = CPUIDRegisters(eax: 0x0430_0402, edx: 0x603)
        #expect(ArchitecturalMonitoring(leaf: short)?.hasCacheMisses == false)
        #expect(ArchitecturalMonitoring(leaf: short)?.hasCacheReferences == true)
        #expect(ArchitecturalMonitoring(leaf: CPUIDRegisters(eax: 0x0728_0201, edx: 0x603))?.fixed == 0)
        #expect(ArchitecturalMonitoring(leaf: CPUIDRegisters()) == nil)
    }

    @Test func clockComesFromCrystalThenBaseAndInGuestsFromTheHypervisorAlone() throws {
        var table = table(vendor: intel, last: 0x16, identity: 0x9_0672)
        table[0x16] = CPUIDRegisters(eax: 2000)
        #expect(try ProcessorCapabilities(cpuid: table).timeStampHertz == 2_000_000_000)
        table[0x15] = CPUIDRegisters(eax: 2, ebx: 108, ecx: 38_400_000)
        #expect(try ProcessorCapabilities(cpuid: table).timeStampHertz == 2_073_600_000)
        table[1].ecx = 1 << 31
        table[0x4000_0000] = CPUIDRegisters(eax: 0x4000_0010)
        table[0x4000_0010] = CPUIDRegisters(eax: 2_100_000)
        let guest = try ProcessorCapabilities(cpuid: table)
        #expect(guest.isGuest)
        #expect(guest.timeStampHertz == 2_100_000_000)
        table[0x4000_0000] = CPUIDRegisters(eax: 0x4000_0001)
        #expect(try ProcessorCapabilities(cpuid: table).timeStampHertz == nil)
    }

    @Test func hybridCoresSayWhichKindTheyAre() throws {
        var table = table(vendor: intel, last: 0x20, identity: 0x9_0672)
        table[0x1A] = CPUIDRegisters(eax: 0x4000_0001)
        #expect(try ProcessorCapabilities(cpuid: table).coreKind == .uniform)
        table[7] = CPUIDRegisters(edx: 1 << 15)
        #expect(try ProcessorCapabilities(cpuid: table).coreKind == .performance)
        table[0x1A] = CPUIDRegisters(eax: 0x2000_0001)
        #expect(try ProcessorCapabilities(cpuid: table).coreKind == .efficient)
    }

    @Test func zenCountersAreDescribedInEitherVersion() throws {
        var table = table(vendor: amd, last: 0x10, identity: 0x83_0F10)
        table[0x8000_0000] = CPUIDRegisters(eax: 0x8000_0020)
        table[0x8000_0001] = CPUIDRegisters(ecx: 1 << 23 | 1 << 24 | 1 << 28)
        let old = try #require(try ProcessorCapabilities(cpuid: table).zen)
        #expect(old.coreCounters == 6 && old.fabricCounters == 4 && old.hasCacheCounters && !old.hasGlobalControl)
        #expect(old.memoryControllers == 0 && old.countersPerMemoryController == 0)
        table[0x8000_0000] = CPUIDRegisters(eax: 0x8000_0028)
        table[0x8000_0022] = CPUIDRegisters(eax: 1, ebx: 6 | 16 << 10 | 24 << 16, ecx: 0b10_1101_0011)
        let new = try #require(try ProcessorCapabilities(cpuid: table).zen)
        #expect(new.hasGlobalControl && new.coreCounters == 6 && new.fabricCounters == 16)
        #expect(new.memoryControllers == 6 && new.countersPerMemoryController == 4)
        table[0x8000_0001] = CPUIDRegisters()
        #expect(try ProcessorCapabilities(cpuid: table).zen == nil)
    }

    @Test func regularFileKeepsNeighbouringLeavesApart() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        let file = try #require(FileHandle(forWritingAtPath: path))
        let questions: [(UInt32, UInt32)] = [(0, 0), (1, 0), (0x8000_0022, 0), (7, 1)]
        for (number, question) in questions.enumerated() {
            try file.seek(toOffset: UInt64(FileCPUID.fileOffset(leaf: question.0, subleaf: question.1)))
            try file.write(contentsOf: Data((0..<16).map { UInt8(16 * number + $0) }))
        }
        try file.close()
        let cpuid = try FileCPUID(path: path)
        #expect(
            try cpuid.registers(leaf: 1, subleaf: 0)
                == CPUIDRegisters(eax: 0x1312_1110, ebx: 0x1716_1514, ecx: 0x1B1A_1918, edx: 0x1F1E_1D1C))
        #expect(try cpuid.registers(leaf: 0, subleaf: 0).eax == 0x0302_0100)
        #expect(try cpuid.registers(leaf: 0x8000_0022, subleaf: 0).eax == 0x2322_2120)
        #expect(try cpuid.registers(leaf: 7, subleaf: 1).eax == 0x3332_3130)
        #expect(try cpuid.registers(leaf: 7, subleaf: 0) == CPUIDRegisters())
        #expect(try cpuid.registers(leaf: 0xFFFF_FFFF, subleaf: 5) == CPUIDRegisters())
    }

    @Test(.enabled(if: FileManager.default.isReadableFile(atPath: "/dev/cpu/0/cpuid")))
    func theMachinesOwnDeviceIsUnderstood() throws {
        let capabilities = try ProcessorCapabilities(cpuid: try FileCPUID(path: "/dev/cpu/0/cpuid"))
        let text = try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
        func field(_ name: String) -> String? {
            text.split(separator: "\n").first { $0.hasPrefix(name + "\t") }?.split(separator: ":").last?
                .trimmingCharacters(in: .whitespaces)
        }
        let vendor = field("vendor_id").flatMap { ProcessorVendor(rawValue: $0) }
        #expect(capabilities.signature?.vendor == vendor)
        if vendor != nil {
            #expect((capabilities.signature?.model).map { "\($0)" } == field("model"))
            #expect((capabilities.signature?.stepping).map { "\($0)" } == field("stepping"))
        }
        let flags = field("flags")?.split(separator: " ") ?? []
        #expect(capabilities.isGuest == flags.contains("hypervisor"))
        #expect(capabilities.hasPerformanceClocks == flags.contains("aperfmperf"))
    }
}
