package import WireC

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// How many bytes a decoding may still allocate, and what it has done so far; protobuf-c's allocator callbacks reach it
/// through a pointer.
package struct DecodingBudget {
    package private(set) var remainingBytes: Int
    package private(set) var largestAllocation = 0
    package private(set) var outstandingAllocations = 0

    package init(remainingBytes: Int) { self.remainingBytes = remainingBytes }

    /// Whether `size` more bytes may be had; they are counted then. What is given back is not: a message that makes the
    /// decoder allocate and free again and again is refused too.
    fileprivate mutating func take(_ size: Int) -> Bool {
        guard size <= remainingBytes else { return false }
        remainingBytes -= size
        largestAllocation = max(largestAllocation, size)
        outstandingAllocations += 1
        return true
    }

    fileprivate mutating func giveBack() { outstandingAllocations -= 1 }
}

private let allocate: @convention(c) (UnsafeMutableRawPointer?, Int) -> UnsafeMutableRawPointer? = { state, size in
    guard let budget = state?.assumingMemoryBound(to: DecodingBudget.self), budget.pointee.take(size) else { return nil }
    return malloc(size)
}

private let release: @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Void = { state, pointer in
    guard let pointer else { return }
    state?.assumingMemoryBound(to: DecodingBudget.self).pointee.giveBack()
    free(pointer)
}

/// Hands `body` an allocator that draws on `budget`; it is valid only during the call.
package func withBudgetedAllocator<Result>(
    _ budget: inout DecodingBudget, _ body: (UnsafeMutablePointer<ProtobufCAllocator>) throws(WireError) -> Result
) throws(WireError) -> Result {
    try withUnsafeMutablePointer(to: &budget) { budget throws(WireError) in
        var allocator = ProtobufCAllocator(alloc: allocate, free: release, allocator_data: budget)
        return try withUnsafeMutablePointer(to: &allocator) { allocator throws(WireError) in try body(allocator) }
    }
}

/// Decodes `bytes` with a generated `…__unpack` and hands the C message to `body`, freeing it afterwards. The message
/// and all it points to take at most `budgetBytes`. Throws `WireError` of code `malformed` when the
/// bytes are no such message or need more, and whatever `body` throws.
func unpacking<Message, Result>(
    _ bytes: UnsafeRawBufferPointer, as name: StaticString, budgetBytes: Int = WireLimits.decodingBudgetBytes,
    with unpack: (UnsafeMutablePointer<ProtobufCAllocator>?, Int, UnsafePointer<UInt8>?) -> UnsafeMutablePointer<Message>?,
    _ body: (UnsafePointer<Message>) throws(WireError) -> Result
) throws(WireError) -> Result {
    var budget = DecodingBudget(remainingBytes: budgetBytes)
    return try withBudgetedAllocator(&budget) { allocator throws(WireError) in
        guard let message = unpack(allocator, bytes.count, bytes.assumingMemoryBound(to: UInt8.self).baseAddress) else {
            throw WireError(
                .malformed,
                "\(bytes.count) bytes are not a \(name), or it takes more memory than the \(budgetBytes) bytes allowed")
        }
        defer {
            message.withMemoryRebound(to: ProtobufCMessage.self, capacity: 1) {
                protobuf_c_message_free_unpacked($0, allocator)
            }
        }
        return try body(UnsafePointer(message))
    }
}

/// The submessage that a decoded message holds as `field`. Throws `WireError` when there is none.
func submessage<Message>(
    _ pointer: UnsafeMutablePointer<Message>?, field: StaticString
) throws(WireError) -> UnsafePointer<Message> {
    guard let pointer else { throw WireError(.malformed, "field \(field) holds no message") }
    return UnsafePointer(pointer)
}

/// A C string of a decoded message. Throws `WireError` when it is not UTF-8.
func text(_ pointer: UnsafePointer<CChar>?, field: StaticString) throws(WireError) -> String {
    guard let pointer, let string = String(validatingCString: pointer) else {
        throw WireError(.malformed, "field \(field) is not UTF-8 text")
    }
    return string
}

/// A packed field of a decoded message as an array.
func array<Value: BitwiseCopyable>(_ pointer: UnsafeMutablePointer<Value>?, count: Int) -> [Value] {
    Array(UnsafeBufferPointer(start: count == 0 ? nil : pointer, count: count))
}

/// The messages of a repeated message field of a decoded message.
func messages<Message>(
    _ pointers: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?, count: Int
) -> [UnsafePointer<Message>] {
    UnsafeBufferPointer(start: count == 0 ? nil : pointers, count: count).compactMap { $0.map { UnsafePointer($0) } }
}
