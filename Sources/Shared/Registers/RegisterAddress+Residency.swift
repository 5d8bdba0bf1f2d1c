/// Time that cores and packages of Intel processors spent in idle states, in ticks at the nominal clock, 64 bits.
/// Numbers: Intel Software Developer's Manual volume 4; which processor has which: Linux 6.12,
/// arch/x86/events/intel/cstate.c. AMD processors have none.
extension RegisterAddress {
    /// MSR_CORE_C1_RES. Core scope, Ice Lake servers and later.
    public static let coreC1Residency = RegisterAddress(0x660)
    /// MSR_CORE_C3_RESIDENCY. Core scope.
    public static let coreC3Residency = RegisterAddress(0x3FC)
    /// MSR_CORE_C6_RESIDENCY. Core scope.
    public static let coreC6Residency = RegisterAddress(0x3FD)
    /// MSR_CORE_C7_RESIDENCY. Core scope.
    public static let coreC7Residency = RegisterAddress(0x3FE)
    /// MSR_KNL_CORE_C6_RESIDENCY: what Knights Landing has instead of `coreC6Residency`.
    public static let coreC6ResidencyKnightsLanding = RegisterAddress(0x3FF)
    /// MSR_MODULE_C6_RES_MS: a module of efficient cores in C6 (Sierra Forest, Grand Ridge).
    public static let moduleC6Residency = RegisterAddress(0x664)
    /// MSR_PKG_C2_RESIDENCY. Package scope.
    public static let packageC2Residency = RegisterAddress(0x60D)
    /// MSR_PKG_C3_RESIDENCY. Package scope.
    public static let packageC3Residency = RegisterAddress(0x3F8)
    /// MSR_PKG_C6_RESIDENCY. Package scope.
    public static let packageC6Residency = RegisterAddress(0x3F9)
    /// MSR_PKG_C7_RESIDENCY. Package scope.
    public static let packageC7Residency = RegisterAddress(0x3FA)
    /// MSR_PKG_C8_RESIDENCY. Package scope, client processors.
    public static let packageC8Residency = RegisterAddress(0x630)
    /// MSR_PKG_C9_RESIDENCY. Package scope, client processors.
    public static let packageC9Residency = RegisterAddress(0x631)
    /// MSR_PKG_C10_RESIDENCY. Package scope, client processors.
    public static let packageC10Residency = RegisterAddress(0x632)
}
