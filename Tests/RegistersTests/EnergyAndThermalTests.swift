import Registers
import Testing

struct EnergyAndThermalTests {
    @Test func unitRegisterTellsTheExponentOfAJoule() {
        // Power 2^-3 W, energy 2^-14 J, time 2^-10 s: what Xeons since Haswell show.
        #expect(RunningAveragePower.energyExponent(unit: 0xA_0E03) == 14)
        #expect(RunningAveragePower.wattsPerCount(unit: 0xA_0E03) == 0.125)
        #expect(RunningAveragePower.energyExponent(unit: 0) == nil)
    }

    @Test func countsOfAWholeJouleAreOneJoule() {
        #expect(RunningAveragePower.joules(counts: 16_384, exponent: 14) == 1)
        #expect(RunningAveragePower.joules(counts: 65_536, exponent: 16) == 1)
        #expect(RunningAveragePower.joules(counts: 1 << 32, exponent: 14) == 262_144)
        #expect(RunningAveragePower.joules(counts: 7, exponent: 0) == 7)
    }

    @Test(arguments: [
        (ProcessorGeneration.haswellServer, 16, 14), (.broadwellServer, 16, 14), (.skylakeServer, 16, 14),
        (.cascadeLake, 16, 14), (.iceLakeServer, 16, 14), (.knightsLanding, 16, 14), (.sapphireRapids, 14, 0),
        (.emeraldRapids, 14, 0), (.graniteRapids, 14, 0), (.sierraForest, 14, 0), (.alderLake, 14, 14),
    ])
    func memoryAndPlatformHaveUnitsOfTheirOwnOnSomeServers(
        generation: ProcessorGeneration, memory: Int, platform: Int
    ) {
        #expect(generation.memoryEnergyExponent(unit: 14) == memory)
        #expect(generation.platformEnergyExponent(unit: 14) == platform)
    }

    @Test func temperatureIsTargetMinusHeadroom() {
        let status: UInt64 = 1 << 31 | 40 << 16
        #expect(ThermalReading.status(headroom: 40) == status)
        #expect(ThermalReading.headroom(status: status) == 40)
        #expect(ThermalReading.target(95 << 16) == 95)
        #expect(ThermalReading.celsius(status: status, target: 95 << 16) == 55)
    }

    @Test func readingThatIsNotValidIsAbsent() {
        #expect(ThermalReading.headroom(status: 40 << 16) == nil)
        #expect(ThermalReading.celsius(status: 40 << 16, target: 95 << 16) == nil)
        #expect(ThermalReading.celsius(status: 1 << 31 | 40 << 16, target: 0) == nil)
    }
}
