#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// TCP ports on 127.0.0.1.
enum LocalPort {
    struct None: Error {}

    /// One that nobody listens on.
    static func free() throws -> Int {
        let descriptor = try socket()
        defer { close(descriptor) }
        var address = address(of: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port: Int? = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
                guard bind(descriptor, general, length) == 0, getsockname(descriptor, general, &length) == 0 else {
                    return nil
                }
                return Int(UInt16(bigEndian: UnsafeRawPointer(general).load(as: sockaddr_in.self).sin_port))
            }
        }
        guard let port else { throw None() }
        return port
    }

    /// Whether somebody listens on `port`.
    static func isOpen(_ port: Int) -> Bool {
        guard let descriptor = try? socket() else { return false }
        defer { close(descriptor) }
        var address = address(of: port)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func socket() throws -> Int32 {
        // The two C libraries give this constant different types.
        #if canImport(Glibc)
            let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        #else
            let kind = SOCK_STREAM | SOCK_CLOEXEC
        #endif
        #if canImport(Glibc)
            let descriptor = Glibc.socket(AF_INET, kind, 0)
        #else
            let descriptor = Musl.socket(AF_INET, kind, 0)
        #endif
        guard descriptor >= 0 else { throw None() }
        return descriptor
    }

    private static func address(of port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }
}
