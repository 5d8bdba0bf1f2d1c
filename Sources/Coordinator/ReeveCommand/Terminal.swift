#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// What standard output leads to.
enum Terminal {
    /// Whether colours may be written: to a terminal whose user has not asked for none (NO_COLOR).
    static var takesColour: Bool { isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil }
}
