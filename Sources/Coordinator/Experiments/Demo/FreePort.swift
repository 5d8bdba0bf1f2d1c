#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A TCP port on the loopback interface that nobody listens on.
enum FreePort {
    /// Lets the kernel choose a port (bind(2) with port 0) and gives it back at once: whoever is told it must listen before
    /// another program is given the same. Throws `FreePortError`.
    static func find() throws(FreePortError) -> UInt16 { try choose() }

    /// As `find`, but never `taken`, which nobody listens on yet either.
    static func find(otherThan taken: UInt16) throws(FreePortError) -> UInt16 {
        var port = try choose()
        while port == taken { port = try choose() }
        return port
    }

    private static func choose() throws(FreePortError) -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw FreePortError(action: "socket", number: errno) }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 ? getsockname(descriptor, address, &size) : -1
            }
        }
        guard status == 0 else { throw FreePortError(action: "bind", number: errno) }
        return UInt16(bigEndian: address.sin_port)
    }
}

/// The kernel gave no port.
struct FreePortError: Error, CustomStringConvertible {
    /// What failed and why, in one sentence.
    let description: String

    init(action: String, number: Int32) {
        description = "\(action) for a free port on 127.0.0.1: \(String(cString: strerror(number))) (errno \(number))"
    }
}
