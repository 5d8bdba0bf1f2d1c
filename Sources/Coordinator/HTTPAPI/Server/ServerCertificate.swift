import ControlAPI
import HummingbirdCore
import HummingbirdTLS
import NIOSSL

/// What the server proves its name with: TLS 1.2 or later with the suites that BoringSSL holds good.
struct ServerCertificate: Sendable {
    private let configuration: TLSConfiguration

    /// The certificate and key in `files`. Throws `HTTPServiceError` naming the key of the configuration behind what cannot
    /// be used.
    init(_ files: HTTPConfiguration.TLS) throws(HTTPServiceError) {
        let chain = try Self.read("http.tls.certificate", files.certificatePath) {
            try NIOSSLCertificate.fromPEMFile(files.certificatePath)
        }
        let key = try Self.read("http.tls.key", files.keyPath) {
            try NIOSSLPrivateKey(file: files.keyPath, format: .pem)
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        self.configuration = configuration
    }

    /// `channel` behind TLS. Throws what the library finds wrong with certificate and key together.
    func wrap(_ channel: HTTP1Channel) throws -> TLSChannel<HTTP1Channel> {
        try TLSChannel(channel, tlsConfiguration: configuration)
    }

    private static func read<Value>(
        _ key: String, _ path: String, _ body: () throws -> Value
    ) throws(HTTPServiceError) -> Value {
        do {
            return try body()
        } catch {
            throw HTTPServiceError("\(key): \(path) cannot be used: \(error)")
        }
    }
}
