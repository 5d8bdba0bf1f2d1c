import Foundation
import HTTPClient
import Settings
import TestSupport
import Testing
import Workflows

/// The store in a bucket, against a server that reckons every signature again.
@Suite(.serialized, .enabled(if: S3Server.program != nil, "REEVE_MOTO_SERVER names no server"))
struct S3StoreTests {
    private let run = RunID(rawValue: "3f9a01bc77de")

    private func withStore(
        bucket: String = S3Server.bucket, secret: String? = nil, _ body: (S3Store) async throws -> Void
    ) async throws {
        let transport = HTTPTransport()
        try await withRunning([{ try await transport.run() }]) {
            let server = try await S3Server(transport: transport)
            let key = AccessKey(id: server.key.id, secret: secret ?? server.key.secret)
            try await body(
                S3Store(settings: .init(endpoint: server.endpoint, bucket: bucket, key: key), transport: transport))
            withExtendedLifetime(server) {}
        }
    }

    @Test func whatIsPutCanBeHad() async throws {
        try await withStore { store in
            let name = try ObjectName(run: run, path: "frames/0001.jpg")
            let nothing = try await store.get(name)
            #expect(nothing == nil)
            // Larger than what libcurl would ask about first, and every byte there is.
            let large = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try await store.put([1, 2, 3], as: name)
            try await store.put(large, as: name)
            let bytes = try await store.get(name)
            #expect(bytes == large)
            try await store.put([], as: name)
            let empty = try await store.get(name)
            #expect(empty == [])
        }
    }

    @Test func theObjectsOfOneRunAreRemovedWithoutThoseOfOthers() async throws {
        try await withStore { store in
            let others = try ["3f9a01bc77de0", "other"].map { try ObjectName(run: RunID(rawValue: $0), path: "a") }
            let mine = try (0..<5).map { try ObjectName(run: run, path: "frames/\($0)") }
            for name in mine + others { try await store.put([1], as: name) }
            try await store.removeAll(of: run)
            try await store.removeAll(of: run)
            for name in mine {
                let gone = try await store.get(name)
                #expect(gone == nil)
            }
            for name in others {
                let kept = try await store.get(name)
                #expect(kept == [1])
            }
        }
    }

    @Test func aSecretThatIsNotTheKeysIsRefusedInTheServersWords() async throws {
        try await withStore(secret: "not the secret") { store in
            let error = await #expect(throws: WorkflowError.self) {
                try await store.put([1], as: try ObjectName(run: run, path: "a"))
            }
            #expect(error?.code == .refused)
            let sentence = error?.description ?? ""
            #expect(sentence.hasPrefix("object \(run)/a cannot be kept in bucket frames at http://127.0.0.1:"))
            #expect(sentence.contains("it answered 403, SignatureDoesNotMatch, "))
            #expect(!sentence.contains("not the secret"))
        }
    }

    @Test func aBucketThatIsNotThereIsNamed() async throws {
        try await withStore(bucket: "elsewhere") { store in
            let error = await #expect(throws: WorkflowError.self) {
                try await store.get(try ObjectName(run: run, path: "a"))
            }
            #expect(error?.description.contains("in bucket elsewhere at ") == true)
            #expect(error?.description.contains("it answered 404, NoSuchBucket") == true)
        }
    }
}

/// What does not need a server that checks anything.
@Suite struct ObjectStoreSettingsTests {
    @Test func aStoreThatCannotBeReachedIsNamed() async throws {
        let transport = HTTPTransport()
        try await withRunning([{ try await transport.run() }]) {
            let store = S3Store(
                settings: .init(endpoint: "http://127.0.0.1:1", bucket: "b", key: AccessKey(id: "i", secret: "s")),
                transport: transport)
            let error = await #expect(throws: WorkflowError.self) {
                try await store.put([1], as: try ObjectName(run: RunID(rawValue: "r"), path: "a"))
            }
            #expect(error?.code == .unreachable)
            #expect(error?.description.hasPrefix("object r/a cannot be kept: PUT http://127.0.0.1:1/b/r/a: ") == true)
        }
    }

    @Test func theKeyIsReadFromAFileOrTheEnvironmentAndNeverShown() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/credentials"
        try """
            [other]
            aws_access_key_id = wrong
            [default]
            # a remark
            aws_access_key_id = AKIA1
            aws_secret_access_key = se=cret
            """.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try AccessKey(file: path) == AccessKey(id: "AKIA1", secret: "se=cret"))
        let environment = ["AWS_ACCESS_KEY_ID": "AKIA2", "AWS_SECRET_ACCESS_KEY": "s"]
        #expect(try AccessKey(environment: environment) == AccessKey(id: "AKIA2", secret: "s"))
        var dumped = ""
        dump(try AccessKey(file: path), to: &dumped)
        #expect(!"\(try AccessKey(file: path)) \(dumped)".contains("cret"))
        try "[default]\naws_access_key_id = AKIA1".write(toFile: path, atomically: true, encoding: .utf8)
        for make in [{ try AccessKey(file: path) }, { try AccessKey(environment: [:]) }] {
            let error = #expect(throws: WorkflowError.self) { try make() }
            #expect(error?.code == .invalid)
        }
    }

    @Test func theSectionIsReadOrItsKeyNamed() throws {
        func read(_ yaml: String) throws -> ObjectStoreSettings {
            let section = try #require(try SettingsSection.parse(yaml: "objects: \(yaml)").section("objects"))
            let settings = try ObjectStoreSettings(section)
            try section.finish()
            return settings
        }
        #expect(try read("{kind: folder, path: /srv/frames}") == .folder(path: "/srv/frames"))
        #expect(
            try read("{kind: s3, endpoint: 'http://minio:9000', bucket: frames, credentials: /etc/reeve/s3}")
                == .s3(
                    endpoint: "http://minio:9000", bucket: "frames", region: "us-east-1",
                    credentialsPath: "/etc/reeve/s3", authoritiesPath: nil))
        for (yaml, beginning) in [
            ("{kind: disk}", "objects.kind is \"disk\": allowed is folder, s3"),
            ("{kind: folder}", "objects.path is missing"),
            ("{kind: s3, endpoint: minio, bucket: frames}", "objects.endpoint is \"minio\": allowed is an address"),
            ("{kind: s3, endpoint: 'http://m', bucket: A}", "objects.bucket is \"A\": allowed are 3 to 63 of"),
        ] {
            let error = #expect(throws: SettingsError.self) { try read(yaml) }
            #expect(error?.description.hasPrefix(beginning) == true, "\(String(describing: error))")
        }
    }
}
