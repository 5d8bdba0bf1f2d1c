import Foundation
import Registers
import Testing

/// Files in place of the msr device and of PCI configuration space.
struct RegisterFileTests {
    private func withFile(byteCount: Int, _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-\(UUID().uuidString)").path
        #expect(FileManager.default.createFile(atPath: path, contents: Data(count: byteCount)))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test func neighbouringRegistersKeepDistinctValues() throws {
        try withFile(byteCount: 0x400 * 8) { path in
            let registers = try FileRegisters(path: path, writable: true)
            let values: [UInt64] = [0x1111_1111_1111_1111, 0x2222_2222_2222_2222, 0x3333_3333_3333_3333]
            for (index, value) in values.enumerated() { try registers.write(value, to: .fixedCounter(index)) }
            for (index, value) in values.enumerated() { #expect(try registers.read(.fixedCounter(index)) == value) }
            let bytes = try #require(FileManager.default.contents(atPath: path))
            #expect(bytes[0x309 * 8..<0x30A * 8].allSatisfy { $0 == 0x11 })
        }
    }

    @Test func registerBehindTheEndIsUnsupportedAndNamed() throws {
        try withFile(byteCount: 0x309 * 8) { path in
            let registers = try FileRegisters(path: path, writable: false)
            #expect(try registers.read(RegisterAddress(0x308)) == 0)
            let error = #expect(throws: RegisterError.self) { try registers.read(.fixedCounter(0)) }
            #expect(error?.failure == .shortTransfer)
            #expect(error?.description == "read of 0x309 on \(path) failed: it lies behind the end of the file")
        }
    }

    @Test func missingFileAndReadOnlyFileSayWhatFailed() throws {
        let missing = #expect(throws: RegisterError.self) { try FileRegisters(path: "/nowhere/msr", writable: true) }
        #expect(missing?.operation == .open)
        #expect(missing?.failure == .errno(ENOENT))
        #expect(missing?.description.contains("/nowhere/msr") == true)
        try withFile(byteCount: 64) { path in
            let registers = try FileRegisters(path: path, writable: false)
            let error = #expect(throws: RegisterError.self) { try registers.write(1, to: RegisterAddress(1)) }
            #expect(error?.failure == .errno(EBADF))
        }
    }

    @Test func offlineCPUIsToldFromAMissingRegister() {
        func error(_ number: Int32) -> RegisterError {
            RegisterError(operation: .read, path: "msr", address: 0x10, failure: .errno(number))
        }
        #expect(error(ENXIO).meansOffline)
        #expect(!error(EIO).meansOffline)
    }

    @Test func scriptedFaultsComeAndGo() throws {
        let registers = MemoryRegisters([.timeStampCounter: 5])
        #expect(try registers.read(.timeStampCounter) == 5)
        registers.failReads(of: .timeStampCounter, with: .errno(EIO))
        let error = #expect(throws: RegisterError.self) { try registers.read(.timeStampCounter) }
        #expect(error?.failure == .errno(EIO))
        registers.failReads(of: .timeStampCounter, with: nil)
        #expect(try registers.read(.timeStampCounter) == 5)
        #expect(throws: RegisterError.self) { try registers.read(.platformInfo) }
        try registers.write(9, to: .platformInfo)
        #expect(registers.writes == [.platformInfo])
    }

    @Test func configurationWordsAreReadAndWrittenInPlace() throws {
        try withFile(byteCount: 256) { path in
            let space = try FileConfigurationSpace(path: path)
            try space.write(0x89AB_CDEF, at: 0xA0)
            try space.write(0x0000_4567, at: 0xA4)
            #expect(try space.readCounter(at: 0xA0) == 0x4567_89AB_CDEF)
            #expect(try space.read(at: 0xA8) == 0)
            #expect(throws: RegisterError.self) { try space.read(at: 256) }
        }
    }

    @Test func counterThatCarriesBetweenItsHalvesIsReadWhole() throws {
        // High word 1, then a carry: the low word read in between belongs to neither.
        let space = ScriptedSpace([1, 0xFFFF_FFFF, 2, 0x0000_0003, 2])
        #expect(try space.readCounter(at: 0xA0) == 0x2_0000_0003)
        #expect(space.offsets == [0xA4, 0xA0, 0xA4, 0xA0, 0xA4])
    }

    @Test func counterThatNeverStandsStillIsAnError() {
        let space = ScriptedSpace((0..<20).map { UInt32($0) })
        let error = #expect(throws: RegisterError.self) { try space.readCounter(at: 0xA0) }
        #expect(error?.failure == .unsteady)
    }
}

/// Answers reads with a list of words, whatever the offset.
private final class ScriptedSpace: ConfigurationSpace {
    // Each test uses its own on one thread; the protocol asks for Sendable.
    nonisolated(unsafe) private var words: [UInt32]
    nonisolated(unsafe) private(set) var offsets: [UInt32] = []

    init(_ words: [UInt32]) { self.words = words.reversed() }

    func read(at offset: UInt32) throws(RegisterError) -> UInt32 {
        offsets.append(offset)
        guard let word = words.popLast() else {
            throw RegisterError(operation: .read, path: "script", address: offset, failure: .shortTransfer)
        }
        return word
    }

    func write(_ value: UInt32, at offset: UInt32) throws(RegisterError) {
        throw RegisterError(operation: .write, path: "script", address: offset, failure: .shortTransfer)
    }
}
