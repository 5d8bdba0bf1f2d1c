import CCurl
import Measures

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// One request on libcurl's easy interface, with what has come of its answer. It belongs to the transport's thread.
final class Transfer {
    let handle: UnsafeMutableRawPointer
    let ticket: RequestTicket
    let request: HTTPRequest
    private var receiver: Receiver
    private let start: MonotonicInstant
    private var parser = ResponseHeadParser()
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []
    private var bodyBytes = 0
    /// Why a callback stopped the transfer.
    private var refusal: HTTPError?
    /// libcurl's lists and texts that must live as long as the handle.
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    private let message: UnsafeMutablePointer<CChar>

    init?(_ request: HTTPRequest, receiver: Receiver, ticket: RequestTicket, start: MonotonicInstant) {
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
        self.request = request
        self.receiver = receiver
        self.ticket = ticket
        self.start = start
        message = .allocate(capacity: Int(CURL_ERROR_SIZE))
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(handle)
        for list in lists { curl_slist_free_all(list) }
        message.deallocate()
    }

    /// The transfer that `handle` was made for. The pointer is valid because the loop holds the transfer for as long as
    /// its handle is in the multi handle.
    static func behind(_ handle: UnsafeMutableRawPointer) -> Transfer? {
        var pointer: UnsafeMutableRawPointer?
        reeve_curl_get_pointer(handle, CURLINFO_PRIVATE, &pointer)
        return pointer.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Sets every option; returns why the request cannot be sent, or nil.
    func configure(_ settings: HTTPTransport.Settings) -> HTTPError? {
        let own = Unmanaged.passUnretained(self).toOpaque()
        reeve_curl_set_pointer(handle, CURLOPT_PRIVATE, own)
        reeve_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, message)
        reeve_curl_set_pointer(handle, CURLOPT_WRITEDATA, own)
        reeve_curl_set_pointer(handle, CURLOPT_HEADERDATA, own)
        reeve_curl_set_callback(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            Transfer.from(context)?.takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }
        reeve_curl_set_callback(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            Transfer.from(context)?.takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }
        var options = CurlOptions(handle: handle)
        options.setConnection(request, settings: settings)
        options.setTLS(request)
        options.setMessage(request, settings: settings)
        lists = options.lists
        guard options.failure == nil else {
            return error(.invalidRequest, "libcurl refuses to take it: \(options.failure ?? "")")
        }
        return nil
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func takeHeader(_ line: UnsafeRawBufferPointer) -> Int {
        switch parser.take(line) {
        case .more: return line.count
        case .tooLarge:
            refusal = error(.tooLarge, "the answer's head has more than \(ResponseHeadParser.maximumBytes) bytes")
            return 0
        case .head(let head):
            self.head = head
            if case .head(let continuation, let buffer) = receiver {
                receiver = .body(buffer)
                continuation.resume(returning: .success(head))
            }
            return line.count
        }
    }

    /// Takes a piece of the body; anything but its size tells libcurl to pause or to stop (CURLOPT_WRITEFUNCTION(3)).
    private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        if let limit = request.maximumResponseBytes, bodyBytes + bytes.count > limit {
            refusal = error(.tooLarge, "the answer's body has more than \(limit) bytes")
            return 0
        }
        if case .body(let buffer) = receiver {
            guard buffer.offer(bytes) else { return Int(CURL_WRITEFUNC_PAUSE) }
        } else {
            body.append(contentsOf: bytes)
        }
        bodyBytes += bytes.count
        return bytes.count
    }

    /// libcurl has done with the transfer.
    func finish(_ result: CURLcode) {
        guard result == CURLE_OK, let head else {
            return fail(
                refusal ?? CurlFailure(result, message: String(cString: message), handle: handle).error(for: request))
        }
        switch receiver {
        case .whole(let continuation):
            continuation.resume(
                returning: .success(HTTPResponse(status: head.status, headers: head.headers, body: body)))
        case .head(_, let buffer), .body(let buffer): buffer.finish(.success(()))
        case .nobody: break
        }
        receiver = .nobody
    }

    /// Tells whoever waits that there will be no answer, or no more of it.
    func fail(_ error: HTTPError) {
        receiver.fail(error)
        receiver = .nobody
    }

    /// An error about this request.
    func error(_ code: HTTPError.Code, _ reason: String) -> HTTPError {
        HTTPError(code, "\(request.subject): \(reason)", mayHaveBeenSent: CurlFailure.hasSent(handle))
    }

    /// When the next of the limits that are not libcurl's own to watch runs out.
    var deadline: MonotonicInstant? {
        let head = head == nil ? request.timeouts.headMilliseconds : nil
        return [head, request.timeouts.totalMilliseconds].compactMap(\.self).min().map {
            start.advanced(byNanoseconds: UInt64(max($0, 0)) * 1_000_000)
        }
    }

    /// The error when one of those limits has run out at `now`.
    func timeout(at now: MonotonicInstant) -> HTTPError? {
        guard let deadline, deadline <= now else { return nil }
        let milliseconds = (deadline.nanoseconds - start.nanoseconds) / 1_000_000
        return error(.timeout, "\(head == nil ? "no answer" : "no end of the answer") within \(milliseconds) ms")
    }
}
