import Foundation
import KernelFiles
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Small files as the kernel's file systems have them, in a folder of their own.
@Suite("Files of the kernel")
final class KernelFilesTests {
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("reeve-\(UUID().uuidString.prefix(8))").path

    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Overwrites in place, as the kernel does.
    private func write(_ bytes: some Sequence<UInt8>, to name: String = "file") throws -> String {
        let path = "\(folder)/\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test func `a text of the kernel loses the white space at its end alone`() throws {
        #expect(KernelText.contents(try write(" 0-3,8 \n\n".utf8)) == " 0-3,8")
        let long = String(repeating: "A", count: 10_000)
        #expect(KernelText.contents(try write(long.utf8)) == long)
        #expect(KernelText.contents(try write([])) == "")
        #expect(KernelText.contents(try write([0x61, 0xFF, 0x0A])) == "a\u{FFFD}")
        #expect(KernelText.contents("\(folder)/missing") == nil)
    }

    @Test func `a file's text is taken as it is or not at all`() throws {
        #expect(FileText.contents(try write("max 100000\n".utf8)) == "max 100000\n")
        let broken = try write([0x61, 0xFF, 0x0A])
        #expect(FileText.contents(broken) == nil && errno == EILSEQ)
        #expect(FileText.contents("\(folder)/missing") == nil && errno == ENOENT)
        #expect(FileText.contents(folder) == nil && errno == EISDIR)
    }

    @Test func `all of a text is written, or it is said that it was not`() throws {
        let path = "\(folder)/written"
        let text = String(repeating: "line\n", count: 50_000)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        #expect(FileText.writeAll(text, to: descriptor))
        #expect(FileText.contents(path) == text)
        let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
        defer { close(full) }
        #expect(!FileText.writeAll("x", to: full) && errno == ENOSPC)
    }

    @Test func `names are those that are not hidden`() throws {
        for name in ["b", "a", ".hidden"] { _ = try write([], to: name) }
        try FileManager.default.createDirectory(atPath: "\(folder)/sub", withIntermediateDirectories: true)
        #expect(KernelText.names(in: folder) == ["a", "b", "sub"])
        #expect(KernelText.names(in: "\(folder)/missing").isEmpty)
        var folders: [String] = []
        #expect(FolderNames.visit(folder) { name, isFolder in if isFolder { folders.append(name) } })
        #expect(folders == ["sub"])
        #expect(!FolderNames.visit("\(folder)/missing") { _, _ in Issue.record("there is nothing to visit") })
    }

    @Test func `a folder that changed says so`() throws {
        let before = try #require(FolderNames.changedAt(folder))
        #expect(FolderNames.changedAt(folder) == before)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_000)], ofItemAtPath: folder)
        #expect(try #require(FolderNames.changedAt(folder)) != before)
        #expect(FolderNames.changedAt("\(folder)/missing") == nil && FolderNames.links("\(folder)/missing") == nil)
    }

    @Test func `an open file is read from its beginning each time, as far as there is room`() throws {
        let path = try write("17 rest\n".utf8)
        let file = try #require(KernelFile(path))
        let buffer = ReadBuffer(byteCount: 4)
        #expect(file.number(in: buffer) == 17)
        _ = try write("123456\n".utf8)
        #expect(file.number(in: buffer) == 1_234)
        #expect(file.text(in: buffer).map { Array($0) } == Array("1234".utf8))
        _ = try write([])
        #expect(file.text(in: buffer)?.isEmpty == true && file.number(in: buffer) == nil)
        #expect(KernelFile("\(folder)/missing") == nil)
        // A folder opens, and cannot be read.
        let unreadable = try #require(KernelFile(folder))
        #expect(unreadable.text(in: buffer) == nil && unreadable.number(in: buffer) == nil)
    }

    @Test(
        arguments: [
            ("0\n", 0), ("18446744073709551615", .max), ("12 34", 12), ("7x", 7), ("18446744073709551616", nil),
            ("", nil), (" 1", nil), ("-1", nil), ("/9", nil), (":9", nil),
        ] as [(String, UInt64?)])
    func `digits make a number`(_ text: String, _ expected: UInt64?) {
        Array(text.utf8).withUnsafeBytes { bytes in
            var scanner = ByteScanner(bytes)
            #expect(scanner.number() == expected)
        }
    }

    @Test func `a text is taken word by word`() {
        Array("cpu12  7 x\nnext".utf8).withUnsafeBytes { bytes in
            var scanner = ByteScanner(bytes)
            #expect(!scanner.takes("cpu2") && scanner.takes("cpu") && scanner.number() == 12)
            scanner.skipSpaces()
            #expect(scanner.number() == 7 && !scanner.isAtEnd)
            #expect(scanner.skipLine() && scanner.takes("next") && scanner.isAtEnd)
            #expect(!scanner.skipLine() && scanner.number() == nil && !scanner.takes("n") && scanner.takes(""))
        }
    }

    @Test func `the limit of open files is raised to what the system allows`() throws {
        raiseDescriptorLimit()
        let limits = try #require(FileText.contents("/proc/self/limits"))
        let line = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max open files") })
        let words = line.split(separator: " ")
        #expect(words[3] == words[4])
    }
}
