import Foundation
import Measures
import Testing

@testable import Kubernetes

@Suite("Keeping a copy of a list true")
struct ReflectorMachineTests {
    private typealias Machine = ReflectorMachine<MetadataOnly>

    private func machine() -> Machine {
        Machine(
            settings: ReflectorSettings(
                watchSeconds: 100, graceSeconds: 7, firstWaitMilliseconds: 100, longestWaitMilliseconds: 10_000),
            random: SeededRandom(seed: 3))
    }

    private func object(_ name: String, _ version: String, uid: String = "u") -> MetadataOnly {
        MetadataOnly(metadata: ObjectMetadata(name: name, namespace: "n", uid: uid, resourceVersion: version))
    }

    private func page(_ objects: [MetadataOnly], version: String?, next: String? = nil) throws -> ObjectPage<
        MetadataOnly
    > {
        var metadata: JSONValue = [:]
        metadata["resourceVersion"] = version.map { .string($0) }
        metadata["continue"] = next.map { .string($0) }
        let items = objects.map { object -> JSONValue in
            [
                "metadata": [
                    "name": .string(object.metadata.name), "namespace": "n", "uid": .string(object.metadata.uid ?? ""),
                    "resourceVersion": .string(object.metadata.resourceVersion ?? ""),
                ]
            ]
        }
        let json: JSONValue = ["metadata": metadata, "items": .array(items)]
        return try JSONDecoder().decode(ObjectPage<MetadataOnly>.self, from: try JSONEncoder().encode(json))
    }

    /// A machine that watches from version 10, with objects a and b.
    private func watching() throws -> Machine {
        var machine = machine()
        _ = machine.take(try page([object("a", "1"), object("b", "2")], version: "10"))
        return machine
    }

    private func names(_ objects: some Sequence<MetadataOnly>) -> [String] { objects.map(\.metadata.name).sorted() }

    private func isWatching(_ machine: inout Machine, from version: String) -> Bool {
        guard case .watch(version, let seconds, 7) = machine.step() else { return false }
        return (100...150).contains(seconds)
    }

    private func isWaiting(_ machine: inout Machine, milliseconds: ClosedRange<UInt64>) -> Bool {
        guard case .wait(let nanoseconds) = machine.step() else { return false }
        return (milliseconds.lowerBound * 1_000_000...milliseconds.upperBound * 1_000_000).contains(nanoseconds)
    }

    @Test func `pages are put together, and the watch begins at the list's version`() throws {
        var machine = machine()
        #expect(machine.step() == .list(next: nil, isPaged: true))
        #expect(try machine.take(page([object("a", "1")], version: "10", next: "t1")) == nil)
        #expect(machine.step() == .list(next: "t1", isPaged: true))
        #expect(!machine.isSynced)
        let change = try #require(try machine.take(page([object("b", "2")], version: "10")))
        #expect(names(change.present) == ["a", "b"])
        #expect(change.isRelisted)
        #expect(machine.isSynced)
        #expect(isWatching(&machine, from: "10"))
    }

    @Test func `events change the copy, and the version goes with them`() throws {
        var machine = try watching()
        let added = machine.take(.present(object("c", "11")))
        #expect(names(added?.present ?? []) == ["c"])
        _ = machine.take(.present(object("a", "12")))
        let gone = machine.take(.gone(object("b", "13")))
        #expect(names(gone?.gone ?? []) == ["b"])
        #expect(machine.take(.gone(object("b", "13"))) == nil, "what is not there cannot go")
        #expect(machine.take(.bookmark(version: "20")) == nil)
        #expect(names(machine.objects.values) == ["a", "c"])
        machine.watchEnded()
        #expect(isWatching(&machine, from: "20"), "at once, without a new list")
    }

    @Test func `after a version has expired, a new list is compared with the copy`() throws {
        var machine = try watching()
        _ = machine.take(.present(object("c", "11")))
        _ = machine.take(.refusal(KubernetesError(.expired, "too old", status: 410)))
        #expect(machine.step() == .list(next: nil, isPaged: true))
        #expect(names(machine.objects.values) == ["a", "b", "c"], "the copy stays meanwhile")
        let change = try #require(
            try machine.take(page([object("a", "1"), object("b", "30"), object("d", "31")], version: "40")))
        #expect(names(change.present) == ["b", "d"], "what has not changed is not told")
        #expect(names(change.gone) == ["c"])
        #expect(isWatching(&machine, from: "40"))
    }

    @Test func `another object of the same name and version is another object`() throws {
        var machine = try watching()
        machine.watchFailed(with: KubernetesError(.expired, "gone"))
        let change = try #require(
            try machine.take(page([object("a", "1", uid: "other"), object("b", "2")], version: "40")))
        #expect(names(change.present) == ["a"])
    }

    @Test func `a page that has expired leads to a list in one piece`() throws {
        var machine = machine()
        _ = try machine.take(page([object("a", "1")], version: "10", next: "t1"))
        machine.listFailed(with: KubernetesError(.expired, "token expired", status: 410))
        #expect(machine.step() == .list(next: nil, isPaged: false))
        let change = try #require(try machine.take(page([object("b", "2")], version: "12")))
        #expect(names(change.present) == ["b"], "nothing of the pages of another state is kept")
    }

    @Test func `a watch that ends without a word may wait for a version from the future: a new list`() throws {
        var machine = try watching()
        machine.watchEnded()
        #expect(isWaiting(&machine, milliseconds: 50...100))
        machine.waited()
        #expect(machine.step() == .list(next: nil, isPaged: true))
    }

    @Test(arguments: [KubernetesError.Code.interrupted, .unreachable, .timeout, .unavailable, .tooManyRequests])
    func `a watch that breaks goes on from where it was, after longer and longer waits`(code: KubernetesError.Code)
        throws
    {
        var machine = try watching()
        _ = machine.take(.bookmark(version: "20"))
        for milliseconds in [50...100, 100...200, 200...400] as [ClosedRange<UInt64>] {
            machine.watchFailed(with: KubernetesError(code, "x"))
            #expect(isWaiting(&machine, milliseconds: milliseconds))
            machine.waited()
            #expect(isWatching(&machine, from: "20"))
        }
        _ = machine.take(.bookmark(version: "21"))
        machine.watchFailed(with: KubernetesError(code, "x"))
        #expect(isWaiting(&machine, milliseconds: 50...100), "what is heard ends the series")
    }

    @Test func `a server that calls a version too large is asked for a new list, when it wants`() throws {
        var machine = try watching()
        machine.watchFailed(with: KubernetesError(.timeout, "too large", status: 504, retryAfterSeconds: 1))
        #expect(isWaiting(&machine, milliseconds: 1_050...1_100))
        machine.waited()
        #expect(machine.step() == .list(next: nil, isPaged: true))
    }

    @Test(arguments: [KubernetesError.Code.forbidden, .unauthorized, .notFound])
    func `what somebody must change first is asked for rarely`(code: KubernetesError.Code) throws {
        var machine = machine()
        for _ in 0..<3 {
            machine.listFailed(with: KubernetesError(code, "x"))
            #expect(isWaiting(&machine, milliseconds: 5_000...10_000))
            machine.waited()
        }
    }

    @Test func `an error in the stream that is no expiry leads to a new list after a wait`() throws {
        var machine = try watching()
        _ = machine.take(.refusal(KubernetesError(.serverFailed, "etcd event received with no progress", status: 500)))
        #expect(isWaiting(&machine, milliseconds: 50...100))
        machine.waited()
        #expect(machine.step() == .list(next: nil, isPaged: true))
    }

    @Test func `a list that does not say its version is not watched from`() throws {
        var machine = machine()
        #expect(try machine.take(page([object("a", "1")], version: nil)) == nil)
        #expect(isWaiting(&machine, milliseconds: 50...100))
    }

    @Test func `what comes out of turn changes nothing`() throws {
        var machine = machine()
        #expect(machine.take(.present(object("x", "1"))) == nil)
        machine.watchEnded()
        machine.watchFailed(with: KubernetesError(.expired, "x"))
        machine.waited()
        #expect(machine.step() == .list(next: nil, isPaged: true))
        #expect(machine.objects.isEmpty)
    }

    @Test(arguments: [
        ("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"1\"}}}", "present a 1"),
        ("{\"type\":\"MODIFIED\",\"object\":{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"2\"}}}", "present a 2"),
        ("{\"type\":\"DELETED\",\"object\":{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"3\"}}}", "gone a 3"),
        (
            "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Pod\",\"metadata\":{\"resourceVersion\":\"9\"}}}",
            "bookmark 9"
        ),
        (
            "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"message\":\"too old resource version: 5 (1590)\""
                + ",\"reason\":\"Expired\",\"code\":410}}",
            "refusal expired"
        ),
        (
            "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"message\":\"gone\",\"reason\":\"Gone\",\"code\":410}}",
            "refusal expired"
        ),
        ("{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"message\":\"bad\"}}", "refusal serverFailed"),
        ("{\"type\":\"NEWS\",\"object\":{}}", "invalidAnswer"), ("{\"type\":\"ADDED\",\"object\":{}}", "invalidAnswer"),
        ("no JSON", "invalidAnswer"),
    ])
    func `events are read`(line: String, expected: String) {
        let seen: String
        do throws(KubernetesError) {
            seen =
                switch try WatchEvent<MetadataOnly>(line: line.utf8, subject: "w") {
                case .present(let object): "present \(object.metadata.name) \(object.metadata.resourceVersion ?? "")"
                case .gone(let object): "gone \(object.metadata.name) \(object.metadata.resourceVersion ?? "")"
                case .bookmark(let version): "bookmark \(version)"
                case .refusal(let error): "refusal \(error.code)"
                }
        } catch {
            seen = "\(error.code)"
        }
        #expect(seen == expected)
    }
}
