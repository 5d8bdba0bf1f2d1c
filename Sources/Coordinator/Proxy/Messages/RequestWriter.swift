import NIOCore
import Routing

/// Writes a request's head as a worker gets it.
struct RequestWriter {
    let head: RequestHead
    let route: Route
    let client: ClientIdentity
    /// What the proxy calls the request, where the client gave it no name that can be kept.
    let newRequestID: String?

    /// Appends the head to `output`; `octets` are those it was read from, `end` their number.
    func write(_ octets: Span<UInt8>, for kind: WorkerKind, to output: inout ByteBuffer) {
        output.reserveCapacity(minimumWritableBytes: octets.count + 320)
        output.write(octets, head.methodRange)
        output.writeStaticString(" ")
        if let prefix = kind.pathPrefix {
            output.writeString(prefix)
            output.write(octets, route.rest)
        } else {
            output.write(octets, head.target)
        }
        output.writeStaticString(" HTTP/1.1\r\n")
        if let host = head.targetHost {
            output.writeStaticString("Host: ")
            output.write(octets, host)
            output.writeStaticString("\r\n")
        }
        head.fields.write(octets, to: &output) { passesOn($0) }
        if head.fields.isChunked { output.writeStaticString("Transfer-Encoding: chunked\r\n") }
        writeForwarded(octets, to: &output)
        if let newRequestID {
            output.writeStaticString("X-Request-Id: ")
            output.writeString(newRequestID)
            output.writeStaticString("\r\n")
        }
        output.writeStaticString("Via: 1.1 reeve\r\n\r\n")
    }

    private func passesOn(_ field: HeaderField) -> Bool {
        switch field.kind {
        case .host: head.targetHost == nil
        case .forwardedFor: false
        case .forwardedHost, .forwardedProto: client.isTrusted
        case .expect: head.expectsContinue
        case .requestID: newRequestID == nil
        default: true
        }
    }

    private func writeForwarded(_ octets: Span<UInt8>, to output: inout ByteBuffer) {
        var hasHost = false
        var hasProto = false
        output.writeStaticString("X-Forwarded-For: ")
        if client.isTrusted {
            for field in head.fields.all {
                switch field.kind {
                case .forwardedFor:
                    output.write(octets, field.value)
                    output.writeStaticString(", ")
                case .forwardedHost: hasHost = true
                case .forwardedProto: hasProto = true
                default: break
                }
            }
        }
        output.writeString(client.text)
        output.writeStaticString("\r\n")
        if !hasProto { output.writeStaticString("X-Forwarded-Proto: http\r\n") }
        if !hasHost, let host = head.targetHost ?? head.fields.host?.value {
            output.writeStaticString("X-Forwarded-Host: ")
            output.write(octets, host)
            output.writeStaticString("\r\n")
        }
    }
}

extension HeaderFields {
    /// Appends to `output`, line by line as they came, the fields that are passed on and that `also` wants.
    /// Lines that follow each other are copied at once.
    func write(_ octets: Span<UInt8>, to output: inout ByteBuffer, where also: (HeaderField) -> Bool) {
        var runStart: Int?
        for field in all {
            if passesOn(field, octets), also(field) {
                if runStart == nil { runStart = field.name.lowerBound }
            } else if let start = runStart {
                output.write(octets, start..<field.name.lowerBound)
                runStart = nil
            }
        }
        // The last line ends before the empty line.
        if let start = runStart { output.write(octets, start..<octets.count - 2) }
    }
}

extension ByteBuffer {
    /// Appends the octets in `range`.
    @inline(__always)
    mutating func write(_ octets: Span<UInt8>, _ range: Range<Int>) {
        writeBytes(octets.extracting(range).bytes)
    }
}
