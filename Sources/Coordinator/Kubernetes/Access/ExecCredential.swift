import Foundation
import HTTPClient

/// What a credential program printed (client.authentication.k8s.io, ExecCredential).
struct ExecCredential: Sendable {
    let token: String?
    let identity: TLSSettings.Identity?
    /// Until when it is good; nil for as long as this process lives.
    let expiresAt: Date?

    private struct Printed: Decodable {
        struct Status: Decodable {
            let token: String?
            let clientCertificateData: String?
            let clientKeyData: String?
            let expirationTimestamp: String?
        }
        let apiVersion: String?
        let kind: String?
        let status: Status?
    }

    /// Reads `output`. Throws `KubernetesError` saying what is missing, without any of the output.
    init(output: Data, of program: CredentialProgram) throws(KubernetesError) {
        let failure = { (problem: String) in
            KubernetesError(.configuration, "the credential program \(program.command) \(problem)")
        }
        guard let printed = try? JSONDecoder().decode(Printed.self, from: output), printed.kind == "ExecCredential"
        else {
            throw failure("printed no ExecCredential")
        }
        guard printed.apiVersion == program.apiVersion else {
            throw failure("printed version \(printed.apiVersion ?? "none") where \(program.apiVersion) was asked for")
        }
        token = printed.status?.token.flatMap { $0.isEmpty ? nil : $0 }
        switch (printed.status?.clientCertificateData, printed.status?.clientKeyData) {
        case (nil, nil): identity = nil
        case (let certificate?, let key?):
            identity = TLSSettings.Identity(certificate: .data(Array(certificate.utf8)), key: .data(Array(key.utf8)))
        default: throw failure("printed a certificate without its key, or a key without its certificate")
        }
        guard token != nil || identity != nil else { throw failure("printed neither a token nor a certificate") }
        guard let expiry = printed.status?.expirationTimestamp else {
            expiresAt = nil
            return
        }
        guard let moment = WallTime.parse(expiry) else {
            throw failure("printed an expirationTimestamp that is no time")
        }
        expiresAt = moment
    }
}
