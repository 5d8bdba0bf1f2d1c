import Registers
import Simulation
import Testing
import Topology

@testable import Counters

/// Several sockets, and channels that are not there.
struct SocketScenarioTests {
    @Test func socketsAreCountedApartThoughOneHasAChannelLess() throws {
        let stand = try ScenarioStand(.twoSocketsOneChannelMissing)
        let reader = try stand.startedReader()
        stand.step()
        let sample = reader.sample()
        for socket in 0..<2 {
            sample.expect(
                [
                    .memoryReadBytesPerSecond: 1_920_000_000, .memoryWriteBytesPerSecond: 192_000_000,
                    .l3MissesPerSecond: 1_600_000, .packagePowerWatts: 100, .memoryPowerWatts: 25,
                    .packageTemperatureCelsius: 55,
                ], .socket(socket))
        }
        sample.expect([
            .memoryReadBytesPerSecond: 3_840_000_000, .packagePowerWatts: 200, .l3MissesPerSecond: 3_200_000,
        ])
    }

    @Test func socketsThatDifferAreToldApart() throws {
        let stand = try ScenarioStand(.twoSocketsOneChannelMissing)
        let reader = try stand.startedReader()
        let hardware = stand.tree.hardware
        let works = (0..<8).map { CPUActivity(utilisation: hardware.socket(of: $0) == 0 ? 0.5 : 0.25) }
        let sockets = [
            SocketActivity(memoryReadBytesPerSecond: 960_000_000, watts: 100, celsius: 70),
            SocketActivity(memoryReadBytesPerSecond: 1_920_000_000, watts: 50, celsius: 45),
        ]
        stand.step(NodeActivity(cpus: works, sockets: sockets))
        let sample = reader.sample()
        sample.expect(
            [
                .memoryReadBytesPerSecond: 960_000_000, .packagePowerWatts: 100, .packageTemperatureCelsius: 70,
                .c0Residency: 0.5,
            ], .socket(0))
        sample.expect(
            [
                .memoryReadBytesPerSecond: 1_920_000_000, .packagePowerWatts: 50, .packageTemperatureCelsius: 45,
                .c0Residency: 0.25,
            ], .socket(1))
        sample.expect([.memoryReadBytesPerSecond: 2_880_000_000, .packagePowerWatts: 150, .c0Residency: 0.375])
    }

    @Test func memoryFollowsItsPackageThroughSeveralNUMANodes() throws {
        var profile = HardwareProfile.twoSocketsOneChannelMissing
        let whole = profile.hardware
        profile.hardware = NodeHardware(
            modelName: whole.modelName, signature: whole.signature, cpuCount: 8, threadsPerCore: 2, sockets: 2,
            nominalHertz: whole.nominalHertz, l3Bytes: whole.l3Bytes, memoryChannels: 6, numaNodesPerSocket: 2)
        let stand = try ScenarioStand(profile)
        let reader = try stand.startedReader()
        stand.step()
        let sample = reader.sample()
        sample.expect([.memoryReadBytesPerSecond: 1_920_000_000], .socket(0))
        sample.expect([.memoryReadBytesPerSecond: 1_920_000_000], .socket(1))
    }
}
