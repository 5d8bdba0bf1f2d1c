public import HTTPClient

/// How a cluster's API server is reached, and as whom.
public struct ClusterAccess: Hashable, Sendable {
    /// Where this comes from, for errors and logs: "context admin of /root/.kube/config", or "the pod's service
    /// account".
    public let origin: String
    /// The server's URL, without a slash at its end.
    public let server: String
    /// Whom TLS trusts and what it shows; a program's certificate is added later.
    public let tls: TLSSettings
    /// Through whom the connection goes.
    public let proxy: HTTPRequest.Proxy
    /// Who asks.
    public let credentials: CredentialSource
    /// In whose name is asked, where it is another's.
    public let impersonation: Impersonation?
    /// The namespace meant where none is named.
    public let namespace: String

    /// In whose name requests are made.
    public struct Impersonation: Hashable, Sendable {
        /// The user.
        public let user: String
        /// The groups.
        public let groups: [String]
    }
}

/// Where the proof of who asks comes from.
public enum CredentialSource: Hashable, Sendable {
    /// From nowhere, or from the certificate among the TLS settings.
    case none
    /// From here.
    case fixed(HTTPCredential)
    /// From a file, read again once a minute and when the server does not know the token.
    case tokenFile(String)
    /// From a program that is run when what it last said has expired, and when the server does not know it.
    case program(CredentialProgram)
}

/// A program that says who asks (client.authentication.k8s.io, ExecCredential).
public struct CredentialProgram: Hashable, Sendable {
    /// The protocol's version, such as "client.authentication.k8s.io/v1".
    public let apiVersion: String
    /// The program, by path or by name.
    public let command: String
    /// Its arguments.
    public let arguments: [String]
    /// Variables added to the environment, which may be secret: errors name none of them.
    public let environment: [String: String]
    /// The cluster as the program is told of it, where it wants to know.
    public let cluster: JSONValue?
    /// What helps when the program is not installed.
    public let installHint: String?
}
