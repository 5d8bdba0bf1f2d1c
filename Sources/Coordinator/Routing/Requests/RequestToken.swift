/// Stands for one request that one worker has accepted. Each is given back once; giving it back again does nothing.
public struct RequestToken: Hashable, Sendable {
    let slot: Int
    let generation: UInt64
}
