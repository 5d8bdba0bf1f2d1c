import Testing

@testable import CommandShell

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

@Suite("The service manager's protocol")
struct ServiceManagerTests {
    @Test(arguments: [true, false])
    func `notices arrive as one datagram of assignments`(isAbstract: Bool) async throws {
        let socket = try NotifySocket(isAbstract: isAbstract)
        let manager = try #require(try ServiceManager { $0 == "NOTIFY_SOCKET" ? socket.name : nil })
        try manager.send([.ready, .status("two\nlines"), .alive, .stopping])
        #expect(await socket.receive() == ["READY=1", "STATUS=two lines", "WATCHDOG=1", "STOPPING=1"])
        #expect(socket.isQuiet)
    }

    @Test func `a manager that is gone is an error with its cause`() throws {
        let manager = try #require(try ServiceManager { $0 == "NOTIFY_SOCKET" ? "/nonexistent/notify" : nil })
        #expect(throws: ServiceManagerError(call: "sendto", errno: ENOENT)) { try manager.send([.ready]) }
    }

    @Test(arguments: [nil, ""])
    func `without NOTIFY_SOCKET there is nobody to tell`(name: String?) throws {
        #expect(try ServiceManager { $0 == "NOTIFY_SOCKET" ? name : "30000000" } == nil)
    }

    @Test(arguments: [
        ("vsock:2:1", "NOTIFY_SOCKET is \"vsock:2:1\": allowed is a path"), ("@", "NOTIFY_SOCKET is \"@\": allowed"),
        ("relative", "allowed is a path, or @ and an abstract name"),
        ("/" + String(repeating: "n", count: 107), "shorter than 108 bytes"),
    ])
    func `a socket that cannot be addressed is refused by name`(name: String, sentence: String) {
        let failure = #expect(throws: CommandFailure.self) {
            try ServiceManager { $0 == "NOTIFY_SOCKET" ? name : nil }
        }
        #expect(failure?.exitCode == 2)
        #expect(failure?.sentence.contains(sentence) == true, "\(failure?.sentence ?? "no failure")")
    }

    @Test func `the longest path there is can be addressed`() throws {
        let name = "/" + String(repeating: "n", count: 106)
        let manager = try #require(try ServiceManager { $0 == "NOTIFY_SOCKET" ? name : nil })
        #expect(throws: ServiceManagerError(call: "sendto", errno: ENOENT)) { try manager.send([.ready]) }
    }

    @Test(arguments: [
        ([:], nil),
        (["WATCHDOG_USEC": "30000000"], 30_000_000),
        (["WATCHDOG_USEC": "4000000", "WATCHDOG_PID": "\(getpid())"], 4_000_000),
        (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"], nil),
    ] as [([String: String], UInt64?)])
    func `the watchdog's period is that of this process`(environment: [String: String], microseconds: UInt64?) throws {
        let manager = try #require(try ServiceManager { $0 == "NOTIFY_SOCKET" ? "@name" : environment[$0] })
        #expect(manager.watchdogMicroseconds == microseconds)
    }

    @Test(arguments: ["3999999", "0", "-1", "thirty", ""])
    func `a watchdog that cannot be kept is refused by name`(period: String) {
        let failure = #expect(throws: CommandFailure.self) {
            try ServiceManager { ["NOTIFY_SOCKET": "@name", "WATCHDOG_USEC": period][$0] }
        }
        #expect(failure?.sentence == "WATCHDOG_USEC is \"\(period)\": allowed is 4000000 and more (WatchdogSec=4s)")
    }
}
