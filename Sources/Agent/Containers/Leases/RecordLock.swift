#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Keeps a second agent away from the record of leases: it would give back what the first has lent. The kernel lets go
/// of the lock with the process, however that ends (flock(2)).
final class RecordLock {
    private let descriptor: Int32

    /// Takes the lock `path`, whose file is made and stays. Throws `ContainerError` when another process has it.
    init(path: String) throws(ContainerError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ContainerError(
                "cannot open \(path): \(String(cString: strerror(errno))); name a record of leases in a writable folder"
            )
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            close(descriptor)
            throw ContainerError(
                "the record of leases is another agent's (\(path): \(String(cString: strerror(number)))): allowed is"
                    + " one agent for each record")
        }
    }

    deinit { close(descriptor) }
}
