import Registers

extension MSRProfile {
    /// Registers of one kind, and why some of their quantities are not to be had.
    struct Probed {
        var registers: [FreeRegister] = []
        var absences: [Quantity: String] = [:]
    }

    /// Intel's energy counters, in the units that `registers` tell: hypervisors answer the unit register with 0, which
    /// real ones never hold, and the counters behind it with 0 as well.
    static func energies(of generation: ProcessorGeneration?, _ registers: (any RegisterFile)?) -> Probed {
        energies([.packageEnergy, .memoryEnergy], unit: .energyUnit, registers) { exponent in
            let package = FreeRegister(
                .packageEnergy, .packageEnergy, kind: energyKind(exponent: exponent, detail: "MSR_PKG_ENERGY_STATUS"))
            guard let generation else {
                let reason = "the unit of this processor's memory energy is not known"
                return Probed(registers: [package], absences: [.memoryEnergy: reason])
            }
            let memory = FreeRegister(
                .memoryEnergy, .memoryEnergy,
                kind: energyKind(
                    exponent: generation.memoryEnergyExponent(unit: exponent), detail: "MSR_DRAM_ENERGY_STATUS"))
            return Probed(registers: [package, memory])
        }
    }

    /// The energy counters that `body` makes of the exponent in the register `unit`; none, with the reason, where that
    /// cannot be read or tells nothing.
    static func energies(
        _ quantities: [Quantity], unit: RegisterAddress, _ registers: (any RegisterFile)?, _ body: (Int) -> Probed
    ) -> Probed {
        // Why no register can be read at all is told for each CPU.
        guard let registers else { return Probed() }
        let reason: String
        do throws(RegisterError) {
            if let exponent = RunningAveragePower.energyExponent(unit: try registers.read(unit)) { return body(exponent) }
            reason = "the register of energy units (\(unit)) holds 0, as hypervisors answer it"
        } catch {
            reason = "the energy units cannot be read: \(error)"
        }
        return Probed(absences: Dictionary(uniqueKeysWithValues: quantities.map { ($0, reason) }))
    }

    /// A counter of 32 bits whose unit is 2 to the minus `exponent` joules.
    static func energyKind(exponent: Int, detail: String? = nil) -> CounterKind {
        CounterKind(width: .bits32, unit: RunningAveragePower.joules(counts: 1, exponent: exponent), detail: detail)
    }

    /// Intel's thermometer of the package, which counts degrees below a target that another register tells.
    static func thermometer(_ registers: (any RegisterFile)?) -> Probed {
        guard let registers else { return Probed() }
        do throws(RegisterError) {
            guard let target = ThermalReading.target(try registers.read(.temperatureTarget)) else {
                let reason = "the register of the target temperature (\(RegisterAddress.temperatureTarget)) holds none"
                return Probed(absences: [.temperature: reason])
            }
            return Probed(registers: [
                FreeRegister(
                    .temperature, .packageThermalStatus, decoding: .degreesBelow(limit: UInt64(target)))
            ])
        } catch {
            return Probed(absences: [.temperature: "the target temperature cannot be read: \(error)"])
        }
    }
}
