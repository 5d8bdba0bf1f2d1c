import Foundation
import Measures
import Testing
import Topology

@testable import Containers

@Suite("Sampling containers")
struct ContainerSamplerTests {
    private let time = ManualTime(start: MonotonicInstant(nanoseconds: 1 << 40))

    private func step(_ sampler: ContainerSampler, milliseconds: UInt64 = 100) {
        time.advance(byNanoseconds: milliseconds * 1_000_000)
        sampler.sample()
    }

    @Test(arguments: FakeTree.Mounts.allCases)
    func `use, throttling, limits and names of a container, however the hierarchies are mounted`(
        mounts: FakeTree.Mounts
    ) throws {
        let tree = try FakeTree(mounts)
        let path = try tree.makeContainer(7, pod: 3)
        try tree.setCPULimit(quota: 150_000, of: path)
        try tree.setMemoryLimit(256 << 20, of: path)
        try tree.name(pod: 3, "framer-6c7f9d5d4b-x2k9p", namespace: "video", container: 7, "main")
        let sampler = try ContainerSampler(settings: tree.settings, time: time)
        sampler.sample()
        try tree.setCPU(nanoseconds: 150_000_000, throttled: 2, of: path)
        try tree.setMemory(usage: 100 << 20, inactiveFile: 30 << 20, of: path)
        step(sampler)
        try tree.setCPU(nanoseconds: 160_000_000, throttled: 2, of: path)
        try tree.setMemory(usage: 80 << 20, inactiveFile: 90 << 20, of: path)
        step(sampler)
        let snapshot = sampler.report()

        var expected = ContainerUsage(podUID: FakeTree.uid(3), containerID: FakeTree.id(7), qosClass: .burstable)
        expected.namespace = "video"
        expected.pod = "framer-6c7f9d5d4b-x2k9p"
        expected.function = FunctionName("framer")
        expected.container = "main"
        expected.windows = 2
        expected.cpuCoresPeak = 1.5
        expected.cpuCoresMean = 0.8
        expected.memoryPeakBytes = 70 << 20
        expected.throttledWindows = 1
        expected.cpuLimit = .cores(1.5)
        expected.memoryLimit = .bytes(256 << 20)
        #expect(snapshot.containers == [expected])
        #expect(snapshot.intervalNanoseconds == 200_000_000)
        #expect(snapshot.takenAt == time.now)
        #expect(snapshot.unsampled == 0)
        #expect(snapshot.tally == ContainerSnapshot.Tally(rounds: 3, droppedWindows: 0, ended: 0))
    }

    @Test func `what cannot be told is absent`() throws {
        let tree = try FakeTree(.separate)
        let path = try tree.makeContainer(1)
        for file in ["cpu/\(path)", "memory/\(path)"] {
            try FileManager.default.removeItem(at: tree.root.appendingPathComponent(file))
        }
        let sampler = try ContainerSampler(settings: tree.settings, time: time)
        sampler.sample()
        step(sampler)
        let usage = try #require(sampler.report().containers.first)
        #expect(usage.windows == 1 && usage.cpuCoresPeak == 0)
        #expect(usage.memoryPeakBytes == nil && usage.throttledWindows == nil)
        #expect(usage.cpuLimit == nil && usage.memoryLimit == nil)
        #expect(usage.namespace == nil && usage.pod == nil && usage.container == nil && usage.function == nil)
    }

    @Test(arguments: [
        "kubepods/pod\(FakeTree.uid(1))/\(FakeTree.id(1))",
        "kubelet/kubepods/besteffort/pod\(FakeTree.uid(1))/\(FakeTree.id(1))",
        "kubepods.slice/kubepods-pod0000_1.slice/crio-\(FakeTree.id(1)).scope",
        "kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0000_1.slice/cri-containerd-\(FakeTree.id(1)).scope",
        "kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod0000_1.slice/cri-containerd-\(FakeTree.id(1)).scope",
    ])
    func `a container is found with either driver and below a kubelet's own root`(path: String) throws {
        let tree = try FakeTree(.unified)
        try tree.makeContainer(1, at: path)
        // A group within the container's, and one beside kubepods: neither is a container.
        try tree.make("\(path)/init.scope")
        try tree.make("system.slice/docker-\(FakeTree.id(9)).scope")
        let sampler = try ContainerSampler(settings: tree.settings, time: time)
        sampler.sample()
        #expect(sampler.report().containers.map(\.containerID) == [FakeTree.id(1)])
        #expect(sampler.container(FakeTree.id(1))?.path == path)
    }

    @Test func `containers that come and go are noticed with the next search`() throws {
        let tree = try FakeTree(.unified)
        let first = try tree.makeContainer(1)
        let sampler = try ContainerSampler(settings: tree.settings, time: time)
        sampler.sample()
        try tree.makeContainer(2)
        try tree.removeContainer(first)
        step(sampler)
        #expect(
            sampler.report().containers.map(\.containerID) == [FakeTree.id(1)], "searched each second, not each window")
        step(sampler, milliseconds: 900)
        let snapshot = sampler.report()
        #expect(snapshot.containers.map(\.containerID) == [FakeTree.id(2)])
        #expect(snapshot.tally.ended == 1)
    }

    @Test func `a container whose counter cannot be read is dropped at once and taken up again when it can`() throws {
        let tree = try FakeTree(.unified)
        let path = try tree.makeContainer(1)
        let sampler = try ContainerSampler(settings: tree.settings, time: time)
        sampler.sample()
        try tree.write("", "\(path)/cpu.stat")
        step(sampler)
        #expect(sampler.report().containers.isEmpty)
        try tree.setCPU(nanoseconds: 5, of: path)
        step(sampler, milliseconds: 1_000)
        #expect(sampler.report().containers.count == 1)
    }

    @Test func `no more than the maximum are sampled, and the rest is said`() throws {
        let tree = try FakeTree(.unified)
        for number in 1...5 { try tree.makeContainer(number) }
        var settings = tree.settings
        settings.maximumContainers = 3
        let sampler = try ContainerSampler(settings: settings, time: time)
        sampler.sample()
        var snapshot = sampler.report()
        #expect(snapshot.containers.count == 3 && snapshot.unsampled == 2)
        // Those that are sampled stay; one that goes makes room.
        let kept = Set(snapshot.containers.map(\.containerID))
        let gone = try #require(snapshot.containers.first.map(\.containerID))
        let path = try #require(sampler.container(gone)?.path)
        try tree.removeContainer(path)
        step(sampler, milliseconds: 1_000)
        snapshot = sampler.report()
        #expect(snapshot.containers.count == 3 && snapshot.unsampled == 1)
        #expect(kept.subtracting([gone]).isSubset(of: snapshot.containers.map(\.containerID)))
    }

    @Test func `a counter set back is counted and the next window is right`() throws {
        let tree = try FakeTree(.unified)
        let path = try tree.makeContainer(1)
        try tree.setCPU(nanoseconds: 900_000_000, of: path)
        let sampler = try ContainerSampler(settings: tree.settings, time: time)
        sampler.sample()
        try tree.setCPU(nanoseconds: 0, of: path)
        step(sampler)
        try tree.setCPU(nanoseconds: 30_000_000, of: path)
        step(sampler)
        let snapshot = sampler.report()
        #expect(snapshot.tally.droppedWindows == 1)
        #expect(snapshot.containers.first?.cpuCoresPeak == 0.3 && snapshot.containers.first?.windows == 1)
    }

    @Test func `a machine without Kubernetes has no containers`() throws {
        let tree = try FakeTree(.joined)
        let sampler = try ContainerSampler(settings: tree.settings, time: time)
        sampler.sample()
        #expect(sampler.report().containers.isEmpty)
    }

    @Test func `a folder without control groups is refused with what is missing`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reeve-none-\(UUID().uuidString)")
        let error = #expect(throws: ContainerError.self) {
            try ContainerSampler(settings: ContainerSettings(cgroupRoot: folder.path), time: time)
        }
        #expect(error?.description.contains("cpuacct") == true)
    }
}
