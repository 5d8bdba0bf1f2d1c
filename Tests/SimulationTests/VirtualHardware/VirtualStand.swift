import Foundation
import Registers
import Simulation
import Testing

/// A virtual tree in a folder of its own that goes away with it, seen as another program on the node sees it.
final class VirtualStand {
    let tree: VirtualTree

    /// Rates that come out whole at 2 GHz and 10 ms on 4, 8 and 16 CPUs and on 2, 4, 6, 8 and 12 channels.
    static let activity = HardwareActivity(
        utilisation: 0.25, instructionsPerCycle: 1.5, llcReferencesPerSecond: 16_000_000,
        llcMissesPerSecond: 3_200_000, memoryReadBytesPerSecond: 3_840_000_000,
        memoryWriteBytesPerSecond: 384_000_000, c6Share: 0.5, packageWatts: 100, coresWatts: 50, memoryWatts: 25,
        platformWatts: 200, celsius: 55)

    init(_ profile: HardwareProfile, injectsFaults: Bool = false) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-\(UUID().uuidString)").path
        tree = try VirtualTree(root: folder, profile: profile, injectsFaults: injectsFaults)
    }

    deinit { try? FileManager.default.removeItem(atPath: tree.root) }

    func step(seconds: Double = 0.01, _ activity: HardwareActivity = activity) {
        tree.step(seconds: seconds, activity)
    }

    func registers(_ cpu: Int) throws -> FileRegisters {
        try FileRegisters(path: "\(tree.msrRoot)/\(cpu)/msr", writable: true)
    }

    /// The text of a file below the root, without its line end.
    func text(_ path: String) throws -> String {
        String(try String(contentsOfFile: "\(tree.root)/\(path)", encoding: .utf8).dropLast())
    }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: "\(tree.root)/\(path)") }

    /// How an access fails; nil when it does not.
    func failure(_ access: () throws -> Void) -> RegisterError.Failure? {
        do {
            try access()
            return nil
        } catch { return (error as? RegisterError)?.failure }
    }
}
