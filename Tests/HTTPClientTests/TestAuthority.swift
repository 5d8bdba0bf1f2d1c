import TestSupport

/// A certificate authority made with openssl(1), in a folder of its own.
final class TestAuthority: Sendable {
    let folder: TemporaryFolder

    /// The authority's certificate.
    var certificatePath: String { "\(folder.path)/ca.crt" }

    init() throws {
        folder = try TemporaryFolder()
        try folder.write(
            """
            [ca]
            default_ca = authority
            [authority]
            database = index
            new_certs_dir = .
            serial = serial
            default_md = sha256
            policy = anything
            unique_subject = no
            [anything]
            commonName = supplied
            """, to: "ca.conf")
        try folder.write("", to: "index")
        try folder.write("01\n", to: "serial")
        try key("ca")
        try run(
            "openssl",
            [
                "req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=authority", "-days", "30", "-out", "ca.crt",
                "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
            ],
            in: folder.path)
    }

    private func key(_ name: String) throws {
        try run(
            "openssl", ["ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", "\(name).key"], in: folder.path)
    }

    /// Issues `name`.crt with `name`.key, valid for `hosts` (such as "DNS:localhost,IP:127.0.0.1") between two moments
    /// written as YYYYMMDDHHMMSSZ.
    func issue(
        _ name: String, hosts: String = "DNS:localhost,IP:127.0.0.1", from start: String = "20200101000000Z",
        until end: String = "20991231000000Z"
    ) throws {
        try key(name)
        try run(
            "openssl", ["req", "-new", "-key", "\(name).key", "-subj", "/CN=\(name)", "-out", "\(name).csr"],
            in: folder.path)
        try folder.write("subjectAltName=\(hosts)\n", to: "\(name).ext")
        try run(
            "openssl",
            [
                "ca", "-batch", "-config", "ca.conf", "-cert", "ca.crt", "-keyfile", "ca.key", "-in", "\(name).csr",
                "-out", "\(name).crt", "-extfile", "\(name).ext", "-startdate", start, "-enddate", end, "-notext",
            ],
            in: folder.path)
    }
}
