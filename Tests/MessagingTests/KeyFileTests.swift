import Foundation
import Messaging
import TestSupport
import Testing

@Suite("Keys and the files they stand in")
struct KeyFileTests {
    private let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func mode(of name: String) throws -> Int {
        try #require(
            try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(name)")[.posixPermissions] as? Int)
    }

    @Test func `a pair is read as it was written, and nobody else may read its secret half`() throws {
        let pair = try CurveKeyPair.generate()
        try KeyFiles.write(pair, name: "w01", in: folder.path)
        #expect(try mode(of: "w01.key") == 0o600)
        #expect(try mode(of: "w01.pub") == 0o644)
        #expect(try KeyFiles.readPair(secretAt: "\(folder.path)/w01.key").publicKey == pair.publicKey)
        #expect(try KeyFiles.readPublicKey(at: "\(folder.path)/w01.pub") == pair.publicKey)
    }

    @Test func `the secret half is in no description`() throws {
        let pair = try CurveKeyPair.generate()
        try KeyFiles.write(pair, name: "w01", in: folder.path)
        let secret = try String(contentsOfFile: "\(folder.path)/w01.key", encoding: .utf8).prefix(40)
        #expect(secret.count == 40)
        #expect(!"\(pair)".contains(secret) && !String(reflecting: pair.publicKey).contains(secret))
    }

    @Test(arguments: [(0o600, true), (0o640, true), (0o400, true), (0o604, false), (0o644, false), (0o602, false)])
    func `a secret key that others may read or write is refused`(_ mode: Int, _ isAllowed: Bool) throws {
        try KeyFiles.write(try CurveKeyPair.generate(), name: "w01", in: folder.path)
        let path = "\(folder.path)/w01.key"
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        if isAllowed {
            _ = try KeyFiles.readPair(secretAt: path)
        } else {
            let error = #expect(throws: MessagingError.self) { try KeyFiles.readPair(secretAt: path) }
            #expect(error?.code == .key)
            #expect(error?.description.contains(path) == true && error?.description.contains("chmod") == true)
        }
    }

    @Test(arguments: ["w01.key", "w01.pub"])
    func `no key is overwritten, and no half pair is left behind`(_ existing: String) throws {
        try folder.write("mine", to: existing)
        #expect(throws: MessagingError.self) {
            try KeyFiles.write(try CurveKeyPair.generate(), name: "w01", in: folder.path)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [existing])
        #expect(try String(contentsOfFile: "\(folder.path)/\(existing)", encoding: .utf8) == "mine")
    }

    @Test func `allowing replaces a name's key, revoking takes it out, and twice is an error`() throws {
        let (first, second) = (try CurveKeyPair.generate().publicKey, try CurveKeyPair.generate().publicKey)
        try KeyFiles.allow(first, name: "w01", in: folder.path)
        try KeyFiles.allow(second, name: "w01", in: folder.path)
        #expect(try KeyFiles.readPublicKey(at: "\(folder.path)/w01.pub") == second)
        try KeyFiles.revoke(name: "w01", in: folder.path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        #expect(throws: MessagingError.self) { try KeyFiles.revoke(name: "w01", in: folder.path) }
    }

    @Test(arguments: [
        "", "short", "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf", "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf77",
        "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf\"", "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf\u{0}",
        "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yé",
    ])
    func `text that is not Z85 of 32 bytes is no key`(_ text: String) throws {
        #expect(throws: MessagingError.self) { try CurvePublicKey(text: text) }
        let error = #expect(throws: MessagingError.self) { try CurveKeyPair(secretText: text) }
        #expect(error?.code == .key)
        try folder.write(text, to: "bad.pub")
        let named = #expect(throws: MessagingError.self) { try KeyFiles.readPublicKey(at: "\(folder.path)/bad.pub") }
        #expect(named?.description.contains("bad.pub") == true)
    }

    @Test func `a missing file is named`() {
        let error = #expect(throws: MessagingError.self) { try KeyFiles.readPair(secretAt: "\(folder.path)/none.key") }
        #expect(error?.code == .file)
        #expect(error?.description.contains("none.key") == true)
    }
}

@Suite("The allow-list")
struct AllowListTests {
    private let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    @Test func `keys that are added, replaced and removed are seen at the next refresh`() throws {
        let (first, second) = (try CurveKeyPair.generate().publicKey, try CurveKeyPair.generate().publicKey)
        var list = try AllowList(folder: folder.path)
        #expect(list.count == 0)
        try KeyFiles.allow(first, name: "w01", in: folder.path)
        #expect(list.name(of: first) == nil)
        #expect(try list.refresh())
        #expect(list.name(of: first) == "w01")
        #expect(try !list.refresh())
        try KeyFiles.allow(second, name: "w01", in: folder.path)
        #expect(try list.refresh())
        #expect(list.name(of: first) == nil)
        #expect(list.name(of: second) == "w01")
        #expect(!list.allows(name: "w01", key: first.text) && list.allows(name: "w01", key: second.text))
        try KeyFiles.revoke(name: "w01", in: folder.path)
        #expect(try list.refresh())
        #expect(list.count == 0)
        #expect(!list.allows(name: "w01", key: second.text))
    }

    @Test func `a malformed file, and a key that stands twice, are told of and passed over`() throws {
        let key = try CurveKeyPair.generate().publicKey
        try KeyFiles.allow(key, name: "w01", in: folder.path)
        try KeyFiles.allow(key, name: "w02", in: folder.path)
        try folder.write("not a key\n", to: "w03.pub")
        try folder.write("ignored", to: "README")
        try folder.write("ignored", to: ".hidden.pub")
        let list = try AllowList(folder: folder.path)
        #expect(list.count == 1)
        #expect(list.rejectedFiles.count == 2)
        #expect(list.rejectedFiles.contains { $0.contains("w02.pub") && $0.contains("w01") })
        #expect(list.rejectedFiles.contains { $0.contains("w03.pub") && $0.contains("40 characters") })
    }

    @Test func `a folder that is gone leaves the list as it was, and is told of once`() throws {
        let key = try CurveKeyPair.generate().publicKey
        try KeyFiles.allow(key, name: "w01", in: folder.path)
        let list = try AllowList(folder: folder.path)
        var authenticator = Authenticator(domains: ["telemetry": list])
        try FileManager.default.moveItem(atPath: folder.path, toPath: folder.path + ".away")
        defer { try? FileManager.default.removeItem(atPath: folder.path + ".away") }
        #expect(throws: MessagingError.self) { try AllowList(folder: folder.path) }
        let lines = authenticator.refresh()
        #expect(lines.count == 1 && lines[0].contains(folder.path))
        #expect(authenticator.refresh() == [])
    }
}
