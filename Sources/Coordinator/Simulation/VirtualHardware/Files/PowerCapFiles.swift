import Registers

/// `sys/class/powercap`: the energy counters in microjoules, for anybody who may read files (Linux,
/// Documentation/power/powercap/powercap.rst).
struct PowerCapFiles {
    private struct Zone {
        let registers: RegisterMemory
        let register: RegisterAddress
        let exponent: Int
        let file: TextFile
    }

    private var zones: [Zone] = []

    /// `packages` holds the registers of one CPU of each package.
    init(files: TreeFiles, profile: HardwareProfile, packages: [RegisterMemory]) throws(VirtualTreeError) {
        let folder = "sys/class/powercap"
        for (package, registers) in packages.enumerated() {
            var parts = 0
            for (domain, register) in profile.energyRegisters.counters {
                let whole = "intel-rapl:\(package)"
                let (zone, name): (String, String)
                switch domain {
                case .package: (zone, name) = (whole, "package-\(package)")
                case .cores, .memory:
                    let part = "\(whole):\(parts)"
                    (zone, name) = ("\(whole)/\(part)", domain == .memory ? "dram" : "core")
                    // The class lists a package's parts beside it, though they are its subfolders.
                    try files.link("\(folder)/\(part)", to: zone)
                    parts += 1
                case .platform: continue
                }
                let exponent = profile.energyExponent(of: domain)
                try files.write(name, to: "\(folder)/\(zone)/name")
                let range = Self.microjoules(CounterWidth.bits32.mask, exponent)
                try files.write("\(range)", to: "\(folder)/\(zone)/max_energy_range_uj")
                let file = try TextFile("\(folder)/\(zone)/energy_uj", in: files)
                zones.append(Zone(registers: registers, register: register, exponent: exponent, file: file))
            }
        }
        show()
    }

    /// Shows what the counters hold.
    func show() {
        for zone in zones { zone.file.write("\(Self.microjoules(zone.registers[zone.register], zone.exponent))") }
    }

    /// Whole microjoules of `counts`; 32 bits of counts times a million fit into 64.
    private static func microjoules(_ counts: UInt64, _ exponent: Int) -> UInt64 {
        (counts * 1_000_000) >> UInt64(exponent)
    }
}
