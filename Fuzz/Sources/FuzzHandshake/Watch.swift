internal import FuzzDriver
internal import Glibc

/// Looks after the coordinator every so many inputs, and ends the process where something is wrong: libFuzzer then keeps
/// the input.
final class Watch {
    private static let inputsBetweenLooks = 1_000
    /// Looks before memory and descriptors are measured for the first time.
    private static let looksToSettle = 5
    /// What the heap may grow by: libFuzzer keeps the inputs that it likes on it, too.
    private static let heapGrowth = 16 << 20
    /// Connections that the coordinator has not noticed the end of yet.
    private static let descriptorGrowth = 64

    private let coordinator: Coordinator
    private var inputs = 0
    private var settled: (heap: Int, descriptors: Int)?
    private var accepted: UInt64 = 0

    init(coordinator: Coordinator) { self.coordinator = coordinator }

    func noteInput() {
        inputs += 1
        guard inputs % Self.inputsBetweenLooks == 0 else { return }
        awaitAgent()
        let (heap, descriptors) = (reeve_heap_bytes(), Self.openDescriptors())
        guard let settled else {
            if inputs >= Self.looksToSettle * Self.inputsBetweenLooks { settled = (heap, descriptors) }
            return
        }
        precondition(heap <= settled.heap + Self.heapGrowth, "the heap grew from \(settled.heap) to \(heap) bytes")
        precondition(
            descriptors <= settled.descriptors + Self.descriptorGrowth,
            "descriptors grew from \(settled.descriptors) to \(descriptors)")
    }

    /// Waits until the coordinator has taken further batches of its agent, a minute at most. The pause between looks only
    /// spares the processor.
    private func awaitAgent() {
        for _ in 0..<6_000 {
            let now = coordinator.acceptedBatches
            if now > accepted {
                accepted = now
                return
            }
            usleep(10_000)
        }
        preconditionFailure("after \(inputs) inputs the coordinator takes nothing from its agent any more")
    }

    private static func openDescriptors() -> Int {
        guard let folder = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        return count
    }
}
