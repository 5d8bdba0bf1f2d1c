internal import Glibc

/// A client that says what it likes.
enum Intruder {
    /// Connects, says `bytes`, takes what is answered for a moment, and goes. Some say half, listen, and then the rest, as
    /// the handshake's steps do: the first byte says where the pause is.
    static func connect(port: UInt16, saying bytes: UnsafeRawBufferPointer) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        precondition(descriptor >= 0, "no socket is left: descriptors leak")
        defer { close(descriptor) }
        // Gone at once, so that no thousands of closed connections wait for their time to pass.
        var lingering = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0, let pause = bytes.first else { return }
        let said = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
        let middle = min(Int(pause), said.count)
        say(said[..<middle], on: descriptor)
        listen(on: descriptor)
        say(said[middle...], on: descriptor)
        listen(on: descriptor)
    }

    private static func say(_ bytes: Slice<UnsafeRawBufferPointer>, on descriptor: Int32) {
        let bytes = UnsafeRawBufferPointer(rebasing: bytes)
        _ = send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }

    /// Waits a millisecond for an answer and takes it.
    private static func listen(on descriptor: Int32) {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, 1) > 0 else { return }
        withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { buffer in
            _ = recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
        }
    }
}
