/// Which ways to raw counters are tried.
public enum SourcePreference: String, CaseIterable, Sendable {
    /// All of them: the registers first, then perf events, then what the kernel accounts for.
    case auto
    /// Registers alone: the msr device and the memory controllers.
    case msr
    /// perf events alone.
    case perf
    /// The kernel's accounting in procfs and sysfs alone.
    case proc
}
