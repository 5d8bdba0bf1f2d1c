public import HTTPClient

/// An OpenFaaS gateway, of the free editions from 2022 on.
///
/// What it answers is taken as it has been seen to answer: a status by itself says little, for the gateway passes a
/// function's own status on, calls an update that changed nothing a success, and lists no functions when it cannot
/// count their calls.
public struct OpenFaaSGateway: FunctionGateway {
    /// Where the gateway is and who asks.
    public struct Settings: Hashable, Sendable {
        /// The address, without a slash at the end: "http://gateway.openfaas:8080".
        public var url: String
        /// The namespace of the functions; nil for the gateway's own.
        public var namespace: String?
        /// Who asks, for what is not a call; nil where the gateway asks for nobody.
        public var credential: HTTPCredential?
        /// Whom TLS trusts.
        public var tls: TLSSettings
        /// The most bytes of a function's answer.
        public var maximumAnswerBytes: Int
        /// Milliseconds for anything but a call.
        public var timeoutMilliseconds: Int

        /// Settings as described.
        public init(
            url: String, namespace: String? = nil, credential: HTTPCredential? = nil, tls: TLSSettings = TLSSettings(),
            maximumAnswerBytes: Int = 8 << 20, timeoutMilliseconds: Int = 10_000
        ) {
            self.url = url
            self.namespace = namespace
            self.credential = credential
            self.tls = tls
            self.maximumAnswerBytes = maximumAnswerBytes
            self.timeoutMilliseconds = timeoutMilliseconds
        }
    }

    let settings: Settings
    let transport: HTTPTransport

    /// A gateway reached by `transport`.
    public init(settings: Settings, transport: HTTPTransport) {
        self.settings = settings
        self.transport = transport
    }
}
