/// An answer whose body is read as it comes, in pieces of any size. It has one reader; when it is let go of before its
/// end, the request is given up.
public struct HTTPStream: AsyncSequence, Sendable {
    /// What stood before the body.
    public let head: HTTPResponseHead
    private let source: StreamSource

    init(head: HTTPResponseHead, source: StreamSource) {
        self.head = head
        self.source = source
    }

    /// Gives the request up; the reader gets what has come and then `HTTPError.Code.cancelled`.
    public func cancel() { source.cancel() }

    /// Reads the body; there is one reader.
    public func makeAsyncIterator() -> Iterator { Iterator(source: source) }

    /// Reads a streamed body.
    public struct Iterator: AsyncIteratorProtocol {
        let source: StreamSource

        /// The next bytes, or nil at the end. Throws `HTTPError` when the answer breaks off.
        public func next() async throws(HTTPError) -> [UInt8]? { try await source.next() }

        /// The same as `next()`: the bytes come from a thread of their own whatever the caller's isolation.
        public func next(isolation actor: isolated (any Actor)?) async throws(HTTPError) -> [UInt8]? {
            try await source.next()
        }
    }
}

/// Ties a stream's buffer to the request behind it: the request is given up when nobody holds the stream any more.
final class StreamSource: Sendable {
    private let buffer: StreamBuffer
    private let ticket: RequestTicket
    private let mailbox: TransferMailbox

    init(buffer: StreamBuffer, ticket: RequestTicket, mailbox: TransferMailbox) {
        self.buffer = buffer
        self.ticket = ticket
        self.mailbox = mailbox
    }

    deinit { cancel() }

    func cancel() { mailbox.cancel(ticket) }

    func next() async throws(HTTPError) -> [UInt8]? {
        let piece: StreamBuffer.Piece = await withTaskCancellationHandler {
            do throws(HTTPError) {
                return .success(try await buffer.next { mailbox.resume(ticket) })
            } catch {
                return .failure(error)
            }
        } onCancel: {
            cancel()
        }
        return try piece.get()
    }
}
