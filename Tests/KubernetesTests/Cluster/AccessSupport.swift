import Foundation
import TestSupport
import Testing

/// What a kubelet puts into a pod for its service account: token, ca.crt and namespace, behind a link that is swapped.
struct PodFolder {
    private let folder: TemporaryFolder

    /// Where the three files are.
    var path: String { folder.path }

    init() throws { folder = try TemporaryFolder() }

    /// Puts files in place of those before, all in one step, as the kubelet's atomic writer does
    /// (pkg/volume/util/atomic_writer.go). `authority` is the path of a certificate.
    func swap(token: String, authority: String, namespace: String) throws {
        let files = FileManager.default
        let version = "..\(UUID().uuidString)"
        try files.createDirectory(atPath: "\(path)/\(version)", withIntermediateDirectories: false)
        let certificate = try Data(contentsOf: URL(filePath: authority))
        for (name, content) in [
            ("token", Data(token.utf8)), ("ca.crt", certificate), ("namespace", Data(namespace.utf8)),
        ] {
            try content.write(to: URL(filePath: "\(path)/\(version)/\(name)"))
        }
        try files.createSymbolicLink(atPath: "\(path)/..data_tmp", withDestinationPath: version)
        try #require(rename("\(path)/..data_tmp", "\(path)/..data") == 0)
        for name in ["token", "ca.crt", "namespace"] where !files.fileExists(atPath: "\(path)/\(name)") {
            try files.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: "..data/\(name)")
        }
    }
}

/// The test cluster's keys, and what can be made with them.
struct KeyRing {
    private let cluster: TestCluster
    private let folder: TemporaryFolder

    /// The certificate of the authority that the API server's is issued by.
    var authority: String { "\(cluster.keys)/ca.crt" }

    init(_ cluster: TestCluster) throws {
        self.cluster = cluster
        folder = try TemporaryFolder()
    }

    /// A token that the server issues to the service account `name`, for as short as it does.
    func issuedToken(of name: String, in namespace: String) throws -> String {
        let request = """
            {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 600}}
            """
        try folder.write(request, to: "request.json")
        let path = "/api/v1/namespaces/\(namespace)/serviceaccounts/\(name)/token"
        let answer = try cluster.kubectl("create", "--raw", path, "-f", "\(folder.path)/request.json")
        let object = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any]
        return try #require((object?["status"] as? [String: Any])?["token"] as? String)
    }

    /// `token` as the server would have issued it with another expiry, signed with the server's own key.
    func token(like token: String, until expiry: Date) throws -> String {
        let parts = token.split(separator: ".").map(String.init)
        try #require(parts.count == 3)
        var claims = try #require(
            try JSONSerialization.jsonObject(with: Self.decoded(parts[1])) as? [String: Any])
        claims["exp"] = Int(expiry.timeIntervalSince1970)
        for key in ["iat", "nbf"] { claims[key] = Int(expiry.timeIntervalSince1970) - 3_600 }
        let signed = parts[0] + "." + Self.encoded(try JSONSerialization.data(withJSONObject: claims))
        try folder.write(signed, to: "signed")
        try openssl("dgst", "-sha256", "-sign", "\(cluster.keys)/accounts.key", "-out", "signature", "signed")
        let signature = try Data(contentsOf: URL(filePath: "\(folder.path)/signature"))
        return signed + "." + Self.encoded(signature)
    }

    /// The path of the certificate of an authority that nobody has heard of.
    func strangersAuthority() throws -> String {
        try openssl("ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", "stranger.key")
        try openssl(
            "req", "-x509", "-new", "-key", "stranger.key", "-subj", "/CN=stranger", "-days", "30", "-out",
            "stranger.crt")
        return "\(folder.path)/stranger.crt"
    }

    /// Issues c.crt and c.key in `place`, an administrator's, which expires in so many days from now.
    func issueCertificate(in place: TemporaryFolder, days: Int) throws {
        try openssl("ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", "\(place.path)/c.key")
        try openssl(
            "req", "-new", "-key", "\(place.path)/c.key", "-subj", "/O=system:masters/CN=c", "-out", "c.csr")
        try openssl(
            "x509", "-req", "-in", "c.csr", "-CA", authority, "-CAkey", "\(cluster.keys)/ca.key", "-CAserial", "serial",
            "-CAcreateserial", "-days", "\(days)", "-out", "\(place.path)/c.crt")
    }

    private func openssl(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = URL(filePath: folder.path)
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl \(arguments)")
    }

    /// Base64 as URLs have it, without padding (RFC 4648, section 5).
    private static func encoded(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static func decoded(_ text: String) throws -> Data {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return try #require(
            Data(base64Encoded: text.replacing("-", with: "+").replacing("_", with: "/") + padding))
    }
}
