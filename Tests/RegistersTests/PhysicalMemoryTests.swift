import Foundation
import Registers
import Testing

/// Files in place of the physical memory device, and devices that can be mapped like it.
struct PhysicalMemoryTests {
    private func withFile(byteCount: UInt64, _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-\(UUID().uuidString)").path
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.truncate(atOffset: byteCount)
        try file.close()
        try body(path)
    }

    @Test func regularFileHoldsAddressesAtTheirOffsets() throws {
        // Above 4 GiB, where servers keep such registers; the file is sparse.
        let address: UInt64 = 0x1_FB80_2000
        try withFile(byteCount: address + 4096) { path in
            let file = try #require(FileHandle(forWritingAtPath: path))
            try file.seek(toOffset: address + 0x290)
            try file.write(contentsOf: Data([0xEF, 0xCD, 0xAB, 0x89, 0x67, 0x45, 0x23, 0x01]))
            let window = try PhysicalMemory(path: path).window(at: address, byteCount: 4096)
            #expect(try window.read(at: 0x290) == 0x0123_4567_89AB_CDEF)
            #expect(try window.read(at: 0x298) == 0)
            #expect(try window.read(at: 4088) == 0)
            // What is cut off is an error of one read and not the end of the process.
            try file.truncate(atOffset: address + 0x294)
            let error = #expect(throws: RegisterError.self) { try window.read(at: 0x290) }
            #expect(
                error?.description
                    == "read of 0x290 on \(path) at 0x1FB802000 failed: it lies behind the end of the file")
        }
    }

    @Test(arguments: [-8, 4, 0x291, 4092, 4096, Int.max - 7])
    func offsetsOutsideTheWindowOrBetweenWordsAreRefused(offset: Int) throws {
        try withFile(byteCount: 16384) { path in
            let windows = [
                try PhysicalMemory(path: path).window(at: 4096, byteCount: 4096),
                try PhysicalMemory(path: "/dev/zero").window(at: 4096, byteCount: 4096),
            ]
            for window in windows {
                let error = #expect(throws: RegisterError.self) { try window.read(at: offset) }
                #expect(error?.failure == .shortTransfer)
            }
        }
    }

    @Test func deviceIsMappedAndOutlivesItsDescriptor() throws {
        let window = try PhysicalMemory(path: "/dev/zero").window(at: 0x8000, byteCount: 4096)
        #expect(try window.read(at: 0) == 0)
        #expect(try window.read(at: 4088) == 0)
    }

    @Test func whatCannotBeOpenedOrMappedSaysSo() throws {
        let missing = #expect(throws: RegisterError.self) { try PhysicalMemory(path: "/nowhere/mem") }
        #expect(missing?.operation == .open)
        #expect(missing?.meansMissing == true)
        let null = try PhysicalMemory(path: "/dev/null")
        let unmapped = #expect(throws: RegisterError.self) { try null.window(at: 0x1000, byteCount: 4096) }
        #expect(unmapped?.operation == .map)
        #expect(unmapped?.path == "/dev/null at 0x1000")
        #expect(unmapped?.failure == .errno(ENODEV))
        let far = #expect(throws: RegisterError.self) { try null.window(at: .max - 4095, byteCount: 4096) }
        #expect(far?.failure == .errno(EINVAL))
    }
}
