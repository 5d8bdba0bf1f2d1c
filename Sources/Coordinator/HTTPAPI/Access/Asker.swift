/// Who sent a request.
struct Asker: Sendable {
    var role: Role
    /// The address that it came from, if the kernel told.
    var address: String?
}
