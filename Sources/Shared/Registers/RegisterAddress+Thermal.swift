/// Digital thermometers of Intel processors (Software Developer's Manual volume 3, section 15.8; volume 4, table 2-2).
extension RegisterAddress {
    /// IA32_THERM_STATUS: the core's headroom. Core scope.
    public static let thermalStatus = RegisterAddress(0x19C)
    /// IA32_PACKAGE_THERM_STATUS: the package's headroom, in the same layout.
    public static let packageThermalStatus = RegisterAddress(0x1B1)
    /// MSR_TEMPERATURE_TARGET: the temperature that the headroom is counted down from. Package scope.
    public static let temperatureTarget = RegisterAddress(0x1A2)
}

/// What the thermometers' registers mean.
public enum ThermalReading {
    /// Degrees Celsius that the thermometer is below its target (bits 22...16 of the status register); nil while bit 31
    /// does not call the reading valid.
    public static func headroom(status: UInt64) -> Int? {
        status >> 31 & 1 == 1 ? Int(status >> 16 & 0x7F) : nil
    }

    /// The target in degrees Celsius, TjMax: bits 23...16 of MSR_TEMPERATURE_TARGET. Nil where they are 0.
    public static func target(_ value: UInt64) -> Int? {
        let degrees = Int(value >> 16 & 0xFF)
        return degrees == 0 ? nil : degrees
    }

    /// Degrees Celsius, nil where one of the two registers tells nothing.
    public static func celsius(status: UInt64, target: UInt64) -> Int? {
        guard let headroom = headroom(status: status), let limit = self.target(target) else { return nil }
        return limit - headroom
    }

    /// The status register of a valid reading `headroom` degrees below the target, 0 to 127.
    public static func status(headroom: Int) -> UInt64 { 1 << 31 | UInt64(min(127, max(0, headroom))) << 16 }
}
