import WireC

/// Memory that a C message's fields point into while the message is packed; freed with the arena.
final class PackingArena {
    private var blocks: [UnsafeMutableRawPointer] = []

    deinit {
        for block in blocks { block.deallocate() }
    }

    /// Room for `count` values of `Value`, not initialised.
    private func reserve<Value: BitwiseCopyable>(_ count: Int, of type: Value.Type) -> UnsafeMutablePointer<Value> {
        let block = UnsafeMutableRawPointer.allocate(
            byteCount: max(count, 1) * MemoryLayout<Value>.stride, alignment: MemoryLayout<Value>.alignment)
        blocks.append(block)
        return block.bindMemory(to: Value.self, capacity: count)
    }

    /// A copy of `value` with an address of its own.
    func copy<Value: BitwiseCopyable>(_ value: Value) -> UnsafeMutablePointer<Value> {
        let pointer = reserve(1, of: Value.self)
        pointer.initialize(to: value)
        return pointer
    }

    /// A copy of `values`.
    func copy<Value: BitwiseCopyable>(_ values: [Value]) -> UnsafeMutablePointer<Value> {
        let pointer = reserve(values.count, of: Value.self)
        pointer.initialize(from: values, count: values.count)
        return pointer
    }

    /// A copy of `string` as a C string; protobuf-c strings end at their first zero byte, so a string with one is cut there.
    func copy(_ string: String) -> UnsafeMutablePointer<CChar> {
        copy(string.utf8CString.map { $0 })
    }
}

/// The bytes of a C message that `protobuf_c_message_init` or a generated `…__init` has prepared and whose fields stay
/// valid during the call.
func packed<Message>(_ message: inout Message) -> [UInt8] {
    withUnsafeMutablePointer(to: &message) { pointer in
        // Every generated struct begins with its ProtobufCMessage base, which is how protobuf-c itself casts them.
        pointer.withMemoryRebound(to: ProtobufCMessage.self, capacity: 1) { base in
            let size = protobuf_c_message_get_packed_size(base)
            return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                guard let start = buffer.baseAddress else { return }
                count = protobuf_c_message_pack(base, start)
            }
        }
    }
}
