import Foundation
import Registers
import Testing

/// Faults that a file beside a file of registers orders.
struct RegisterFaultTests {
    private func withRegisters(
        faults: String?, _ body: (_ path: String, _ order: (String) throws -> Void) throws -> Void
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("msr").path
        #expect(FileManager.default.createFile(atPath: path, contents: Data(count: 0x1000 * 8)))
        func order(_ text: String) throws {
            try text.write(toFile: path + ".faults", atomically: true, encoding: .utf8)
        }
        if let faults { try order(faults) }
        try body(path, order)
    }

    private func failure(_ access: () throws -> Void) -> RegisterError.Failure? {
        do {
            try access()
            return nil
        } catch {
            return (error as? RegisterError)?.failure
        }
    }

    @Test func ownLinesCountBeforeThoseForAllRegisters() throws {
        try withRegisters(faults: "* EIO forever\n0x10 OK forever\n0x11 ENXIO forever\n") { path, _ in
            let registers = try FileRegisters(path: path, writable: true)
            #expect(try registers.read(.timeStampCounter) == 0)
            #expect(failure { _ = try registers.read(RegisterAddress(0x11)) } == .errno(ENXIO))
            #expect(failure { _ = try registers.read(RegisterAddress(0x12)) } == .errno(EIO))
            #expect(failure { try registers.write(1, to: RegisterAddress(0x12)) } == .errno(EIO))
        }
    }

    @Test func faultNamesRegisterAndFile() throws {
        try withRegisters(faults: "0x3FD EIO forever\n") { path, _ in
            let registers = try FileRegisters(path: path, writable: false)
            let error = #expect(throws: RegisterError.self) { try registers.read(.coreC6Residency) }
            #expect(error?.operation == .read)
            #expect(error?.path == path)
            #expect(error?.address == 0x3FD)
            #expect(error?.meansOffline == false)
        }
    }

    @Test func countedFaultEndsAfterItsAccesses() throws {
        try withRegisters(faults: "0x10 EIO 2\n0x10 ENXIO 1\n") { path, _ in
            let registers = try FileRegisters(path: path, writable: false)
            let failures = (0..<4).map { _ in failure { _ = try registers.read(.timeStampCounter) } }
            #expect(failures == [.errno(EIO), .errno(EIO), .errno(ENXIO), nil])
        }
    }

    @Test func writesCanBeRefusedWhileReadsGoThrough() throws {
        try withRegisters(faults: "* EPERM forever write\n") { path, _ in
            let registers = try FileRegisters(path: path, writable: true)
            #expect(try registers.read(.globalControl) == 0)
            let error = #expect(throws: RegisterError.self) { try registers.write(1, to: .globalControl) }
            #expect(error?.meansReadOnly == true)
            #expect(try registers.read(.globalControl) == 0)
        }
    }

    @Test func openingCanBeRefused() throws {
        try withRegisters(faults: "* ENXIO forever open\n") { path, order in
            let error = #expect(throws: RegisterError.self) { try FileRegisters(path: path, writable: false) }
            #expect(error?.operation == .open)
            #expect(error?.meansOffline == true)
            try order("")
            #expect(try FileRegisters(path: path, writable: false).read(.timeStampCounter) == 0)
        }
    }

    @Test func changesAreSeenHoweverFastTheyFollow() throws {
        try withRegisters(faults: "") { path, order in
            let registers = try FileRegisters(path: path, writable: false)
            for _ in 0..<50 {
                try order("0x10 EIO forever\n")
                #expect(failure { _ = try registers.read(.timeStampCounter) } == .errno(EIO))
                try order("")
                try order("0x11 EIO forever\n")
                #expect(failure { _ = try registers.read(.timeStampCounter) } == nil)
            }
        }
    }

    @Test func fileThatAppearsLaterIsNotLookedFor() throws {
        try withRegisters(faults: nil) { path, order in
            let registers = try FileRegisters(path: path, writable: false)
            try order("* EIO forever\n")
            #expect(try registers.read(.timeStampCounter) == 0)
            let opened = try FileRegisters(path: path, writable: false)
            #expect(failure { _ = try opened.read(.timeStampCounter) } == .errno(EIO))
        }
    }

    @Test func lastFaultsHoldWhileTheirFileIsGone() throws {
        try withRegisters(faults: "* ENXIO forever\n") { path, _ in
            let registers = try FileRegisters(path: path, writable: false)
            try FileManager.default.removeItem(atPath: path + ".faults")
            #expect(failure { _ = try registers.read(.timeStampCounter) } == .errno(ENXIO))
        }
    }

    @Test(arguments: [
        RegisterFault(.coreC6Residency, errorNumber: EIO), RegisterFault(nil, errorNumber: ENXIO, calls: .open),
        RegisterFault(.globalControl, errorNumber: EPERM, count: 3, calls: .write),
        RegisterFault(.timeStampCounter, errorNumber: 0, calls: .read),
        RegisterFault(RegisterAddress(0xC001_029B), errorNumber: 71, count: 0),
    ])
    func lineAndFaultSayTheSame(fault: RegisterFault) {
        #expect(RegisterFault(line: fault.description) == fault)
    }

    @Test(arguments: [
        "", "0x10 EIO", "10 EIO forever", "0x10 EWHAT forever", "0x10 EIO sometimes", "0x10 EIO -1", "0x10 EIO 1 never",
        "0x10 -5 1", "0x100000000 EIO 1", "0x10 EIO 1 read write",
    ])
    func lineThatSaysNothingIsNoFault(line: String) {
        #expect(RegisterFault(line: line) == nil)
    }
}
