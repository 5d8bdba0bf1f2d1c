internal import Foundation
internal import Measures
internal import Registers
internal import Simulation
internal import Synchronization

/// A node of two sockets with 64 logical CPUs whose counters move in real time.
final class VirtualNode: Sendable {
    static let hardware = NodeHardware(
        modelName: "Intel(R) Xeon(R) Gold 6242 CPU @ 2.80GHz",
        signature: ProcessorSignature(family: 6, model: 0x55, stepping: 7), cpuCount: 64, threadsPerCore: 2, sockets: 2,
        nominalHertz: 2_800_000_000, l3Bytes: 22 << 20, memoryChannels: 6)
    static let activity = HardwareActivity(
        utilisation: 0.25, instructionsPerCycle: 1.5, llcReferencesPerSecond: 4e8, llcMissesPerSecond: 8e7,
        memoryReadBytesPerSecond: 2e10, memoryWriteBytesPerSecond: 4e9, c6Share: 0.5, packageC2Share: 0.05)
    private static let stepSeconds = 0.01

    let root: String
    private let isStopped = Atomic(false)
    private let hasEnded = DispatchSemaphore(value: 0)

    /// Makes the tree under `root` and lets its counters move on a thread of their own.
    init(root: String) throws {
        self.root = root
        let isMade = DispatchSemaphore(value: 0)
        let failure = Mutex<(any Error)?>(nil)
        let thread = Thread { [self] in
            defer { hasEnded.signal() }
            do {
                let tree = try VirtualTree(root: root, hardware: Self.hardware)
                isMade.signal()
                move(tree)
            } catch {
                failure.withLock { $0 = error }
                isMade.signal()
            }
        }
        thread.start()
        isMade.wait()
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// Ends the thread; the files stay.
    func stop() {
        isStopped.store(true, ordering: .relaxed)
        hasEnded.wait()
    }

    private func move(_ tree: VirtualTree) {
        let time = SystemTime()
        var last = time.now
        while !isStopped.load(ordering: .relaxed) {
            Thread.sleep(forTimeInterval: Self.stepSeconds)
            let now = time.now
            tree.step(seconds: now.seconds(since: last), Self.activity)
            last = now
        }
    }
}
