import ControlAPI
import Foundation
import Learning
import Placement
import Store
import TestSupport
import Testing

@Suite("The backup of a coordinator")
struct CoordinatorBackupTests {
    private struct Bench {
        let folder: TemporaryFolder
        let configuration: CoordinatorConfiguration

        init() throws {
            folder = try TemporaryFolder()
            try FileManager.default.createDirectory(atPath: "\(folder.path)/state", withIntermediateDirectories: true)
            configuration = try CoordinatorConfiguration(
                yaml: """
                    telemetry: {bind: "tcp://127.0.0.1:1", secretKey: /nowhere, allowedAgents: /nowhere}
                    cluster: {kind: simulated, endpoint: "ipc:///nowhere"}
                    store: {journal: \(folder.path)/state/journal.sqlite, durability: normal}
                    placement: {nodes: [w01, w02], checkpoint: \(folder.path)/state/learner.checkpoint}
                    """)
        }

        var journalPath: String { "\(folder.path)/state/journal.sqlite" }
        var learnerPath: String { "\(folder.path)/state/learner.checkpoint" }
        func backup(_ name: String = "backup") throws -> CoordinatorBackup {
            try CoordinatorBackup(folder: "\(folder.path)/\(name)", of: configuration)
        }

        func learner(seed: UInt64) throws -> Checkpoint {
            try DQN(
                observationCount: 3, actionCount: 2, hyperparameters: PlacementPreset.reeve.hyperparameters, totalSteps: 10,
                seed: seed
            ).checkpoint(topology: "t", preset: "reeve")
        }
    }

    private func add(_ count: Int, to journal: Journal) throws {
        for index in 0..<count { _ = try journal.append(kind: "k", version: 1, payload: [UInt8(index % 256)], writtenAtUnixSeconds: 0) }
    }

    private func entries(_ path: String) throws -> Int {
        try Journal(reading: path).entries(kind: "k", after: 0, limit: 10_000).count
    }

    @Test func `what was written beside a running coordinator comes back, and what stood there is kept`() throws {
        let bench = try Bench()
        let first = try bench.learner(seed: 1)
        let manifest: CoordinatorBackup.Manifest
        do {
            let journal = try Journal(path: bench.journalPath, durability: .normal)
            try add(300, to: journal)
            try CheckpointStore(path: bench.learnerPath).save(first)
            manifest = try bench.backup().write(version: "1", at: 5)
            #expect(manifest.parts.map(\.kind) == [.journal, .learner])
            #expect(try bench.backup().verify() == manifest)
            try add(50, to: journal)
            try CheckpointStore(path: bench.learnerPath).save(bench.learner(seed: 2))
            // The journal is open here, as in a coordinator that runs.
            let refusal = #expect(throws: BackupError.self) { try bench.backup().restore(manifest, at: 7) }
            #expect(refusal?.description.contains("in use: stop the coordinator first") == true)
            #expect(try journal.entries(kind: "k", after: 0, limit: 10_000).count == 350)
            withExtendedLifetime(journal) {}
        }
        try bench.backup().restore(manifest, at: 7)
        #expect(try entries(bench.journalPath) == 300)
        #expect(try entries(bench.journalPath + ".before-7") == 350)
        #expect(try CheckpointStore(path: bench.learnerPath).load().checkpoint == first)
        #expect(try CheckpointStore(path: bench.learnerPath + ".before-7").load().checkpoint == bench.learner(seed: 2))
        // It is a journal that goes on.
        try add(1, to: try Journal(path: bench.journalPath, durability: .normal))
        #expect(try entries(bench.journalPath) == 301)
    }

    @Test func `a backup that is not whole is refused with what is wrong`() throws {
        let bench = try Bench()
        let nothing = #expect(throws: BackupError.self) { try bench.backup().write(version: "1", at: 0) }
        #expect(nothing?.description.contains("nothing to back up yet") == true)
        try add(2_000, to: try Journal(path: bench.journalPath, durability: .normal))
        _ = try bench.backup("b").write(version: "1", at: 0)
        let again = #expect(throws: BackupError.self) { try bench.backup("b").write(version: "1", at: 0) }
        #expect(again?.description.contains("is not empty") == true)
        let copy = URL(filePath: "\(bench.folder.path)/b/journal.sqlite")
        var bytes = try Data(contentsOf: copy)
        for index in 4_096..<8_192 { bytes[index] ^= 0x5a }
        try bytes.write(to: copy)
        let damaged = #expect(throws: StoreError.self) { try bench.backup("b").verify() }
        #expect(damaged?.description.contains("is damaged") == true)
        let manifest = URL(filePath: "\(bench.folder.path)/b/manifest.json")
        try String(contentsOf: manifest, encoding: .utf8).replacing("\"form\" : 1", with: "\"form\" : 2")
            .write(to: manifest, atomically: true, encoding: .utf8)
        let newer = #expect(throws: BackupError.self) { try bench.backup("b").verify() }
        #expect(newer?.description.contains("is of form 2: allowed here is 1") == true)
        try FileManager.default.removeItem(at: manifest)
        let unfinished = #expect(throws: BackupError.self) { try bench.backup("b").verify() }
        #expect(unfinished?.description.contains("not a backup that came to its end") == true)
    }

    @Test func `a coordinator that keeps nothing has no backup`() throws {
        let router = try CoordinatorConfiguration(yaml: "query: {socket: /nowhere/socket}")
        let refusal = #expect(throws: BackupError.self) { try CoordinatorBackup(folder: "/nowhere", of: router) }
        #expect(refusal?.description.contains("nothing is kept") == true)
    }
}
