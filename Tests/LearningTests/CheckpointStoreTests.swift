import Foundation
import Measures
import Testing

@testable import Learning

@Suite("Checkpoint store")
struct CheckpointStoreTests {
    @Test("the newest is loaded, without a fallback")
    func newest() throws {
        try withFolder { path in
            let store = CheckpointStore(path: path)
            #expect(failure { try store.load() }?.code == .absent)
            for seed in 1...3 as ClosedRange<UInt64> {
                try store.save(checkpoint(seed))
                #expect(try store.load() == .init(checkpoint: checkpoint(seed), fallbackReason: nil))
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: (path as NSString).deletingLastPathComponent)
                .sorted() == ["learner", "learner.previous"])
        }
    }

    @Test("a newest file that is cut off, damaged, foreign or gone gives way to the previous one, and says why")
    func fallsBack() throws {
        try withFolder { path in
            let store = CheckpointStore(path: path)
            try store.save(checkpoint(1))
            try store.save(checkpoint(2))
            let good = try checkpoint(2).encoded()
            var damaged = good
            damaged[good.count / 2] ^= 1
            let cases: [([UInt8]?, LearningError.Code)] = [
                (Array(good[..<(good.count / 2)]), .truncated), (damaged, .corrupted), (Array("other".utf8), .foreign),
                ([], .foreign), (nil, .absent),
            ]
            for (bytes, code) in cases {
                if let bytes {
                    try Data(bytes).write(to: URL(fileURLWithPath: path))
                } else {
                    try FileManager.default.removeItem(atPath: path)
                }
                let loaded = try store.load()
                #expect(try loaded.checkpoint == checkpoint(1))
                #expect(loaded.fallbackReason?.code == code)
            }
        }
    }

    @Test("a damaged newest file does not push the good previous one out")
    func damagedIsNotRotated() throws {
        try withFolder { path in
            let store = CheckpointStore(path: path)
            try store.save(checkpoint(1))
            try store.save(checkpoint(2))
            try Data("damaged".utf8).write(to: URL(fileURLWithPath: path))
            // The save is cut off at each of its calls in turn.
            var failing = 1
            while true {
                let faulty = FaultyFileCalls(failing: failing, forever: true)
                _ = failure { try CheckpointStore(path: path, files: faulty).save(checkpoint(3)) }
                guard faulty.failed else { break }
                let loaded = try store.load()
                #expect(try [checkpoint(1), checkpoint(3)].contains(loaded.checkpoint))
                failing += 1
            }
            #expect(try store.load().checkpoint == checkpoint(3))
        }
    }

    @Test("when both are damaged the newest one's fault is told")
    func bothDamaged() throws {
        try withFolder { path in
            let store = CheckpointStore(path: path)
            try Data(Array(checkpoint(1).encoded().dropLast())).write(to: URL(fileURLWithPath: path))
            try Data("other".utf8).write(to: URL(fileURLWithPath: path + ".previous"))
            let error = failure { try store.load() }
            #expect(error?.code == .truncated && error?.description.contains(path) == true)
        }
    }

    @Test(
        "whichever call fails, once or for good, the save tells and a good checkpoint stays", arguments: [false, true])
    func anyFailure(forever: Bool) throws {
        var failing = 1
        while true {
            let goesOn = try withFolder { path in
                let store = CheckpointStore(path: path)
                try store.save(checkpoint(1))
                try store.save(checkpoint(2))
                let faulty = FaultyFileCalls(failing: failing, forever: forever, failure: ENOSPC)
                let error = failure { try CheckpointStore(path: path, files: faulty).save(checkpoint(3)) }
                // Only the check of the old file before it is kept, a read, may fail without failing the save.
                if let error { #expect(error.code == .storageFull) } else { #expect(!forever || !faulty.failed) }
                let loaded = try store.load().checkpoint
                let allowed = try error == nil ? [checkpoint(3)] : [checkpoint(2), checkpoint(3)]
                #expect(allowed.contains(loaded))
                try store.save(checkpoint(4))
                #expect(try store.load() == .init(checkpoint: checkpoint(4), fallbackReason: nil))
                return faulty.failed
            }
            guard goesOn else { break }
            failing += 1
        }
        // open, write, fsync, close, read, rename, rename, fsync.
        #expect(failing == 9)
    }

    @Test("a write that takes a few bytes at a time is continued")
    func shortWrites() throws {
        try withFolder { path in
            let faulty = FaultyFileCalls(failing: 0, writeLimit: 100)
            try CheckpointStore(path: path, files: faulty).save(checkpoint(1))
            #expect(faulty.calls > 10)
            #expect(try CheckpointStore(path: path).load().checkpoint == checkpoint(1))
        }
    }

    @Test("a folder that is not there, and a failure other than a full disk, are told")
    func otherFailures() throws {
        try withFolder { path in
            let error = failure { try CheckpointStore(path: path + "/missing/learner").save(checkpoint(1)) }
            #expect(error?.code == .storageFailed && error?.description.contains("open of") == true)
        }
    }

    @Test(
        "a file system that is full in earnest keeps the old checkpoint",
        .enabled(if: Tmpfs.canMount, "mounting a tmpfs of its own needs the rights of root"))
    func fullFileSystem() throws {
        try withFolder { path in
            let folder = (path as NSString).deletingLastPathComponent
            let old = try checkpoint(1)
            let tmpfs = try Tmpfs(at: folder, bytes: 64 * 1024)
            defer { tmpfs.unmount() }
            let store = CheckpointStore(path: path)
            try store.save(old)
            var corridor = Corridor(length: 2)
            let large = try Corridor.learner(length: 2, steps: 20, seed: 1) { $0.hiddenSizes = [100, 100] }
            large.record(corridor.step(1))
            let error = failure { try store.save(large.checkpoint(topology: "corridor", preset: "test")) }
            #expect(error?.code == .storageFull)
            #expect(try store.load() == .init(checkpoint: old, fallbackReason: nil))
            try store.save(checkpoint(2))
            #expect(try store.load().checkpoint == checkpoint(2), "the leftover no longer takes the space")
        }
    }

    private func checkpoint(_ seed: UInt64) throws -> Checkpoint {
        var corridor = Corridor(length: 2)
        let dqn = try Corridor.learner(length: 2, steps: 20, seed: seed) { $0.hiddenSizes = [3] }
        dqn.record(corridor.step(1))
        return dqn.checkpoint(topology: "corridor", preset: "test")
    }

    private func failure(_ body: () throws -> some Any) -> LearningError? {
        do {
            _ = try body()
            return nil
        } catch {
            return error as? LearningError
        }
    }

    /// Calls `body` with the path of a store in a new folder, which is removed afterwards.
    private func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder.appendingPathComponent("learner").path)
    }
}
