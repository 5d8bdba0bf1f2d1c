import Synchronization

/// The bytes of a streamed answer between libcurl's thread and the one who reads them: bounded, so that who reads
/// slowly slows the sender down and never fills the memory.
final class StreamBuffer: Sendable {
    typealias Piece = Result<[UInt8]?, HTTPError>

    private let capacity: Int
    private let state = Mutex(State())

    private struct State {
        var bytes: [UInt8] = []
        var isPaused = false
        /// Set once nothing more will come.
        var end: Result<Void, HTTPError>?
        var reader: CheckedContinuation<Piece, Never>?
    }

    /// A buffer that asks for a pause rather than hold more than `capacity` bytes.
    init(capacity: Int) { self.capacity = capacity }

    /// Takes `bytes` unless they would overfill the buffer; then none of them is taken and the answer is false: they
    /// must come again after the buffer has asked to go on. An empty buffer takes any number.
    func offer(_ bytes: UnsafeRawBufferPointer) -> Bool {
        enum Outcome {
            case kept
            case refused
            case handed(CheckedContinuation<Piece, Never>)
        }
        let outcome: Outcome = state.withLock { state in
            if let reader = state.reader {
                state.reader = nil
                return .handed(reader)
            }
            guard state.bytes.isEmpty || state.bytes.count + bytes.count <= capacity else {
                state.isPaused = true
                return .refused
            }
            state.bytes.append(contentsOf: bytes)
            return .kept
        }
        switch outcome {
        case .kept: return true
        case .refused: return false
        case .handed(let reader):
            reader.resume(returning: .success(Array(bytes)))
            return true
        }
    }

    /// Nothing more will come: because the answer is complete, or because of `error`.
    func finish(_ end: Result<Void, HTTPError>) {
        let reader = state.withLock { state in
            if state.end == nil { state.end = end }
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: end.map { nil })
    }

    /// Waits for the next bytes, all that are there; nil at the end. `onRoom` is called when a pause may end.
    func next(onRoom: () -> Void) async throws(HTTPError) -> [UInt8]? {
        var mayResume = false
        let piece: Piece = await withCheckedContinuation { continuation in
            let ready: Piece? = state.withLock { state in
                if !state.bytes.isEmpty {
                    mayResume = state.isPaused
                    state.isPaused = false
                    defer { state.bytes = [] }
                    return .success(state.bytes)
                }
                if let end = state.end { return end.map { nil } }
                if state.reader != nil {
                    return .failure(HTTPError(.invalidRequest, "a streamed answer has one reader at a time"))
                }
                state.reader = continuation
                return nil
            }
            if let ready { continuation.resume(returning: ready) }
        }
        if mayResume { onRoom() }
        return try piece.get()
    }
}
