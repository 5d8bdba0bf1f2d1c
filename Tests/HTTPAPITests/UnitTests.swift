import ControlAPI
import HTTPTypes
import Measures
import TestSupport
import Testing

@testable import HTTPAPI

@Suite("Targets of requests")
struct RequestTargetTests {
    @Test(arguments: [
        ("/", [], [:]), ("/a/b%20c/d%2Fe", ["a", "b c", "d/e"], [:]), ("/a?x=1&y=%C3%A4+b&z", ["a"], ["x": "1", "y": "ä b", "z": ""]),
        ("http://127.0.0.1:9590/a?x=", ["a"], ["x": ""]), ("/a+b", ["a+b"], [:]), ("/a?", ["a"], [:]), ("/a?b=c=d", ["a"], ["b": "c=d"]),
    ])
    func `paths and queries are decoded`(text: String, segments: [String], query: [String: String]) throws {
        let target = try RequestTarget(text)
        #expect(target.segments == segments && target.query == query)
    }

    @Test(arguments: ["", "*", "a/b", "127.0.0.1:80", "/%", "/%4", "/%g0", "/a?x=%f", "/%C3", "/a?x=1&x=2"])
    func `what is no target is refused`(text: String) {
        #expect(throws: Problem.self) { try RequestTarget(text) }
    }
}

@Suite("Fields of requests")
struct FieldTests {
    private static let kinds: [(Field.Kind, JSONValue, String)] = [
        (.text(most: 3), .string("abc"), "abc"), (.hexadecimal(2...4), .string("0af"), "0af"),
        (.integer(-1...5), .integer(-1), "-1"), (.number(0.5...2), .integer(2), "2.0"),
        (.number(0.5...2), .number(0.5), "0.5"), (.choice(["a", "b"]), .string("b"), "b"),
        (.names(most: 2), .array([.string("a"), .string("b")]), "a,b"),
    ]

    @Test func `what is allowed becomes an argument`() throws {
        for (kind, value, argument) in Self.kinds { #expect(try Field("f", kind, "F.").argument(value) == argument) }
    }

    @Test(arguments: [("a,b", true), ("a", true), ("a,\u{301}b", true), ("", false), ("a,", false), (",a", false), ("a,b,\u{301}c", false)])
    func `a list in a query is told apart at each comma, whatever stands behind it`(text: String, isAllowed: Bool) {
        let field = Field("f", .names(most: 2), "F.")
        #expect((try? field.argument(text: text)) == (isAllowed ? text : nil))
    }

    private static let refused: [(Field.Kind, JSONValue)] = [
        (.text(most: 3), .string("abcd")), (.text(most: 3), .integer(1)), (.hexadecimal(2...4), .string("0aF")),
        (.hexadecimal(2...4), .string("a")), (.integer(-1...5), .integer(6)), (.integer(-1...5), .number(0.5)),
        (.integer(-1...5), .boolean(true)), (.number(0.5...2), .number(2.5)), (.number(0.5...2), .null),
        (.number(0.5...2), .string("1")), (.choice(["a"]), .string("c")), (.names(most: 1), .array([.string("")])),
        (.names(most: 1), .array([.string("a"), .string("b")])), (.names(most: 1), .string("a")),
        (.names(most: 1), .object([:])), (.names(most: 1), .array([])),
    ]

    @Test func `what is not allowed is refused with what is`() {
        for (kind, value) in Self.refused {
            #expect(throws: Problem.self, "\(kind) \(value)") { try Field("f", kind, "F.").argument(value) }
        }
    }
}

@Suite("Small parts of HTTP")
struct SmallPartTests {
    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
    ])
    func `moments are written as HTTP wants them`(seconds: Int64, text: String) {
        #expect(HTTPDate.text(unixSeconds: seconds) == text)
    }

    @Test func `a tag is named by itself, weakly, among others or by a star`() {
        let tag = EntityTag(of: Array("hello".utf8))
        #expect(tag == EntityTag(of: Array("hello".utf8)) && tag != EntityTag(of: Array("hellp".utf8)))
        for field in ["\(tag)", "W/\(tag)", "\"a\",  \(tag)", "\"a\", W/\(tag) ,\"b\"", "*"] { #expect(tag.isNamed(in: field)) }
        for field in [nil, "", "\"a\"", "x\(tag)"] { #expect(!tag.isNamed(in: field)) }
    }

    @Test(arguments: [
        ("secret", "secret", true), ("secret", "secres", false), ("tecret", "secret", false), ("secre", "secret", false),
        ("secrets", "secret", false), ("secretsecret", "secret", false), ("", "secret", false), ("", "", true), ("a", "", false),
    ])
    func `tokens are equal only as a whole`(presented: String, token: String, isEqual: Bool) {
        #expect(TokenComparison.isEqual(Array(presented.utf8), Array(token.utf8)) == isEqual)
    }

    @Test func `whoever asks too often waits, and keeps nobody else waiting`() throws {
        let time = ManualTime()
        let rate = RequestRate(perSecond: 2, burst: 3, time: time)
        for _ in 0..<3 { try rate.take(.anonymous) }
        let problem = #expect(throws: Problem.self) { try rate.take(.anonymous) }
        #expect(problem?.code == .tooManyRequests && problem?.fields[.retryAfter] == "1")
        try rate.take(.admin)
        time.advance(byNanoseconds: 500_000_000)
        try rate.take(.anonymous)
        #expect(throws: Problem.self) { try rate.take(.anonymous) }
        time.advance(byNanoseconds: 3_600_000_000_000)
        for _ in 0..<3 { try rate.take(.anonymous) }
        #expect(throws: Problem.self) { try rate.take(.anonymous) }
    }

    @Test func `on loopback only names of loopback are answered for, and those that are configured`() throws {
        let address = try #require(HTTPAddress("127.0.0.1:9590"))
        let rule = HostRule(address: address, others: ["Master.example"])
        for host in ["127.0.0.1:9590", "localhost", "LOCALHOST:1", "[::1]:9590", "master.example:443"] { try rule.check(host) }
        for host in [nil, "", "evil.example", "127.0.0.1.evil.example:9590", "[::2]"] {
            #expect(throws: Problem.self) { try rule.check(host) }
        }
        try HostRule(address: try #require(HTTPAddress("0.0.0.0:9590")), others: []).check("anything")
    }

    @Test(arguments: ["short\n", "", "two words of a token\n", "umlaut-äöü-0123456789\n", String(repeating: "x", count: 5_000)])
    func `what is no token is refused`(text: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(text, to: "token")
        #expect(throws: TokenError.self) { try TokenFile(path: "\(folder.path)/token") }
    }
}

@Suite("The section http")
struct HTTPConfigurationTests {
    private func read(_ lines: String...) throws -> HTTPConfiguration? {
        try CoordinatorConfiguration(yaml: (["http:"] + lines).joined(separator: "\n  ")).http
    }

    @Test func `everything has a standard, and loopback is where it listens`() throws {
        let standard = try #require(try read("metrics: system"))
        #expect("\(standard.address)" == "127.0.0.1:9590" && standard.address.isLoopback)
        #expect(standard.tls == nil && standard.readerTokenPath == nil && standard.adminTokenPath == nil)
        #expect(standard.limits == .init() && standard.metricsScope == .system && standard.hosts.isEmpty)
        #expect(try CoordinatorConfiguration(yaml: "query: {socket: /s}").http == nil)
    }

    @Test(arguments: ["127.0.0.1:1", "127.9.9.9:65535", "localhost:0", "[::1]:80"])
    func `loopback needs nothing`(bind: String) throws { #expect(try read("bind: \"\(bind)\"")?.address.isLoopback == true) }

    @Test func `what other machines reach needs both TLS and a token`() throws {
        for bind in ["0.0.0.0:9590", "10.0.0.1:9590", "[::]:9590", "[2001:db8::1]:1"] {
            for rest in [[], ["readerToken: /t"], ["tls: {certificate: /c, key: /k}"], ["adminToken: /a", "tls: {certificate: /c, key: /k}"]] {
                #expect(throws: (any Error).self) {
                    try CoordinatorConfiguration(
                        yaml: (["http:", "bind: \"\(bind)\""] + rest).joined(separator: "\n  "))
                }
            }
            #expect(try read("bind: \"\(bind)\"", "readerToken: /t", "tls: {certificate: /c, key: /k}")?.tls?.keyPath == "/k")
        }
    }

    @Test(arguments: [
        "bind: master:80", "bind: 127.0.0.1", "bind: 127.0.0.1:65536", "bind: \"::1:80\"", "bind: \"[127.0.0.1]:80\"",
        "bind: 300.0.0.1:80", "port: 80", "metrics: all", "tls: {certificate: /c}", "limits: {body: 1B}", "limits: {bodies: 1}",
        "limits: {connections: 0}", "limits: {idle: 0s}",
    ])
    func `what cannot be used is refused`(line: String) {
        #expect(throws: (any Error).self) { try CoordinatorConfiguration(yaml: "http:\n  \(line)") }
    }
}
