import Registers
import Simulation
import Testing

/// Energy and temperature, in registers and in the kernel's files.
struct EnergyAndThermalHardwareTests {
    @Test func jouleIsAsManyCountsAsTheUnitSays() throws {
        let stand = try VirtualStand(.cascadeLake)
        let cpu = try stand.registers(0)
        #expect(try RunningAveragePower.energyExponent(unit: cpu.read(.energyUnit)) == 14)
        stand.step()
        // 100 W and 25 W for 10 ms; the memory of this generation has a unit of its own.
        #expect(try cpu.read(.packageEnergy) == 16_384)
        #expect(try cpu.read(.memoryEnergy) == 16_384)
        #expect(RunningAveragePower.joules(counts: 16_384, exponent: 14) == 1)
        #expect(RunningAveragePower.joules(counts: 16_384, exponent: 16) == 0.25)
    }

    @Test func sapphireRapidsCountsMemoryInTheUnitAndTheMachineInJoules() throws {
        let stand = try VirtualStand(.sapphireRapids)
        let cpu = try stand.registers(3)
        for _ in 0..<5 { stand.step() }
        #expect(try cpu.read(.memoryEnergy) == 5 * 4096)
        #expect(try cpu.read(.platformEnergy) == 10)
    }

    @Test func energyWrapsAtThirtyTwoBits() throws {
        let stand = try VirtualStand(.haswell)
        stand.tree.set(.packageEnergy, to: 0xFFFF_FFF0, package: 0)
        stand.step()
        for cpu in 0..<4 { #expect(try stand.registers(cpu).read(.packageEnergy) == 16_368) }
    }

    @Test func zenCountsPackageAndEachCore() throws {
        let stand = try VirtualStand(.zen2)
        stand.step()
        let cpu = try stand.registers(0)
        #expect(try RunningAveragePower.energyExponent(unit: cpu.read(.zenEnergyUnit)) == 14)
        #expect(try cpu.read(.zenPackageEnergy) == 16_384)
        // 50 W over four cores.
        #expect(try cpu.read(.zenCoreEnergy) == 2048)
        #expect(stand.failure { _ = try cpu.read(.packageEnergy) } != nil)
    }

    @Test(arguments: [HardwareProfile.stuckZeroRAPL, .guestWithVPMU, .guestWithoutVPMU(hasRegisterDevice: true)])
    func fakeEnergyAnswersZeroForEver(profile: HardwareProfile) throws {
        let stand = try VirtualStand(profile)
        let cpu = try stand.registers(0)
        for _ in 0..<3 { stand.step() }
        for register: RegisterAddress in [.energyUnit, .packageEnergy, .memoryEnergy, .coresEnergy, .graphicsEnergy] {
            #expect(try cpu.read(register) == 0)
        }
        #expect(!stand.exists("sys/class/powercap"))
    }

    @Test func powercapShowsTheCountersInMicrojoules() throws {
        let stand = try VirtualStand(.twoSocketsOneChannelMissing)
        let zones = "sys/class/powercap"
        stand.tree.set(.packageEnergy, to: 0xFFFF_FFFF, package: 1)
        stand.step()
        #expect(try stand.text("\(zones)/intel-rapl:0/name") == "package-0")
        #expect(try stand.text("\(zones)/intel-rapl:0/energy_uj") == "1000000")
        #expect(try stand.text("\(zones)/intel-rapl:0/max_energy_range_uj") == "262143999938")
        #expect(try stand.text("\(zones)/intel-rapl:0:0/name") == "dram")
        #expect(try stand.text("\(zones)/intel-rapl:0:0/energy_uj") == "250000")
        #expect(try stand.text("\(zones)/intel-rapl:1/energy_uj") == "999938")
    }

    @Test func temperatureIsShownAsHeadroom() throws {
        let stand = try VirtualStand(.cascadeLake)
        stand.step()
        let cpu = try stand.registers(1)
        let target = try cpu.read(.temperatureTarget)
        #expect(try ThermalReading.celsius(status: cpu.read(.thermalStatus), target: target) == 55)
        #expect(try ThermalReading.celsius(status: cpu.read(.packageThermalStatus), target: target) == 55)
        #expect(ThermalReading.target(target) == 95)
    }
}
