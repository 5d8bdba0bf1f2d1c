import Foundation
import TestSupport
import Testing
import Workflows

@Suite struct FolderStoreTests {
    private let folder: TemporaryFolder
    private let store: FolderStore
    private let run = RunID(rawValue: "3f9a01bc77de")

    init() throws {
        folder = try TemporaryFolder()
        store = try FolderStore(path: folder.path + "/objects")
    }

    @Test func whatIsPutCanBeHad() async throws {
        let name = try ObjectName(run: run, path: "frames/0001.jpg")
        let nothing = try await store.get(name)
        #expect(nothing == nil)
        try await store.put([1, 2, 3], as: name)
        try await store.put([4], as: name)
        let bytes = try await store.get(name)
        #expect(bytes == [4])
        #expect(FileManager.default.fileExists(atPath: folder.path + "/objects/3f9a01bc77de/frames/0001.jpg"))
    }

    @Test func theObjectsOfOneRunAreRemovedWithoutThoseOfOthers() async throws {
        let mine = try ObjectName(run: run, path: "a")
        let other = try ObjectName(run: RunID(rawValue: "other"), path: "a")
        try await store.put([1], as: mine)
        try await store.put([2], as: other)
        try await store.removeAll(of: run)
        try await store.removeAll(of: run)
        let gone = try await store.get(mine)
        let kept = try await store.get(other)
        #expect(gone == nil)
        #expect(kept == [2])
    }

    @Test(arguments: ["", "a//b", "../x", "a/../../x", "a/.", "a b", "ä", "/a", "a/", "a\u{0}"])
    func whatIsNoNameIsRefused(path: String) throws {
        let error = try #require(throws: WorkflowError.self) { try ObjectName(run: run, path: path) }
        #expect(error.code == .invalid)
    }

    @Test func aRunThatIsNoNameRemovesNothing() async throws {
        try await store.put([1], as: try ObjectName(run: run, path: "a"))
        await #expect(throws: WorkflowError.self) { try await store.removeAll(of: RunID(rawValue: "..")) }
        await #expect(throws: WorkflowError.self) { try await store.removeAll(of: RunID(rawValue: "")) }
        let kept = try await store.get(try ObjectName(run: run, path: "a"))
        #expect(kept == [1])
    }

    @Test func aPlaceThatCannotBeWrittenIsNamed() async throws {
        try Data().write(to: URL(filePath: folder.path + "/file"))
        let error = try #require(throws: WorkflowError.self) { try FolderStore(path: folder.path + "/file/objects") }
        #expect(error.code == .unreachable)
        #expect(error.description.hasPrefix("the object store in \(folder.path)/file/objects cannot be made: "))
        try Data().write(to: URL(filePath: folder.path + "/objects/\(run)"))
        let put = await #expect(throws: WorkflowError.self) {
            try await store.put([1], as: try ObjectName(run: run, path: "a"))
        }
        #expect(put?.code == .unreachable)
    }
}
