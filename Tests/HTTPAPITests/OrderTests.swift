import Cluster
import ControlAPI
import FoundationEssentials
import HTTPClient
import TestSupport
import Testing

@Suite("Who may change what over HTTP", .timeLimit(.minutes(10)))
struct OrderTests {
    private static let changes: [(HTTPRequest.Method, String, String?)] = [
        (.post, "/api/v1/policy/pause", nil), (.post, "/api/v1/policy/resume", nil),
        (.post, "/api/v1/policy/train", "{}"), (.post, "/api/v1/policy/evaluate", "{}"),
        (.post, "/api/v1/release", "{}"), (.post, "/api/v1/intervals", #"{"milliseconds":100}"#),
        (.post, "/api/v1/interference", #"{"node":"w01","cpu":50,"seconds":5}"#), (.delete, "/api/v1/interference", nil),
        (.post, "/api/v1/runs", #"{"workflow":"video","qosSeconds":5}"#), (.delete, "/api/v1/runs/1", nil),
        (.post, "/api/v1/leases", "{}"), (.delete, "/api/v1/leases/0000000000000abc", nil),
        (.post, "/api/v1/routes", #"{"url":"http://127.0.0.1:5002"}"#), (.post, "/api/v1/routes/reload", nil),
        (.delete, "/api/v1/routes?url=http://127.0.0.1:5000", nil),
        (.post, "/api/v1/routes/drain", #"{"url":"http://127.0.0.1:5000"}"#),
    ]

    @Test func `nothing is changed without the token of admins`() async throws {
        let world = try TestWorld()
        try await Stand.serve(world, ["adminToken: FOLDER/admin", "readerToken: FOLDER/reader"]) { stand async throws in
            for (method, path, body) in Self.changes {
                for token in [nil, "admin-0123456789abcdeg", String(Stand.adminToken.dropLast())] {
                    let response = try await stand.ask(method, path, token: token, body: body)
                    #expect(response.status == 401 && response.problem == "unauthorized", "\(path): \(response.text)")
                    #expect(response.headers["WWW-Authenticate"]?.hasPrefix("Bearer") == true)
                }
                let response = try await stand.ask(method, path, token: Stand.readerToken, body: body)
                #expect(response.status == 403 && response.problem == "forbidden", "\(path): \(response.text)")
            }
        }
        #expect(try await world.pressure.pressures().isEmpty && world.placement.isPaused == false)
        #expect(try world.orders().isEmpty)
    }

    @Test func `without an admins' token in the configuration nothing can be changed at all`() async throws {
        let world = try TestWorld()
        try await Stand.serve(world, []) { stand async throws in
            for (method, path, body) in Self.changes {
                let response = try await stand.ask(method, path, body: body)
                #expect(response.status == 403 && response.problem == "forbidden", "\(path): \(response.text)")
            }
        }
    }

    @Test func `reading needs a token where one is configured, and probes need none`() async throws {
        try await Stand.serve(try TestWorld(), ["readerToken: FOLDER/reader", "adminToken: FOLDER/admin"]) { stand async throws in
            for path in ["/metrics", "/api/v1/status", "/api/v1/openapi.json", "/api/v1/events"] {
                #expect(try await stand.ask(.get, path).status == 401)
            }
            for token in [Stand.readerToken, Stand.adminToken] {
                for path in ["/metrics", "/api/v1/status", "/api/v1/openapi.json"] {
                    #expect(try await stand.ask(.get, path, token: token).status == 200)
                }
            }
            for path in ["/healthz", "/readyz"] { #expect(try await stand.ask(.get, path, token: "nonsense").status == 200) }
        }
    }

    @Test func `a token that is replaced holds from then on, and one that is gone lets nobody in`() async throws {
        let world = try TestWorld()
        try await Stand.serve(world) { stand async throws in
            #expect(try await stand.ask(.post, "/api/v1/policy/pause", token: Stand.adminToken).status == 200)
            try world.folder.write("another-0123456789abcdef\n", to: "admin")
            #expect(try await stand.ask(.post, "/api/v1/policy/resume", token: Stand.adminToken).status == 401)
            #expect(try await stand.ask(.post, "/api/v1/policy/resume", token: "another-0123456789abcdef").status == 200)
            try world.folder.write("another-0123456789abcdef\n", to: "admin", mode: 0o604)
            #expect(try await stand.ask(.post, "/api/v1/policy/resume", token: "another-0123456789abcdef").status == 401)
            try FileManager.default.removeItem(atPath: "\(world.folder.path)/admin")
            #expect(try await stand.ask(.post, "/api/v1/policy/resume", token: "another-0123456789abcdef").status == 401)
        }
    }

    @Test func `orders are carried out, and the journal keeps who gave them`() async throws {
        let world = try TestWorld()
        try await Stand.serve(world) { stand async throws in
            let pressed = try await stand.ask(
                .post, "/api/v1/interference", token: Stand.adminToken, body: #"{"node":"w01","cpu":50.0,"seconds":5}"#)
            #expect(pressed.status == 200, "\(pressed.text)")
            #expect(try await world.pressure.pressures().map(\.cpu) == [0.5])
            let refused = try await stand.ask(
                .post, "/api/v1/interference", token: Stand.adminToken, body: #"{"node":"w09","cpu":50,"seconds":5}"#)
            #expect(refused.status == 409 && refused.problem == "not-carried-out", "\(refused.text)")
            let interval = try await stand.ask(
                .post, "/api/v1/intervals", token: Stand.adminToken, body: #"{"milliseconds":200,"node":"w02"}"#)
            #expect(interval.status == 200 && world.orderedMilliseconds(of: "w02") == 200)
            #expect(try await stand.ask(.delete, "/api/v1/interference?node=w01", token: Stand.adminToken).status == 200)
            #expect(try await world.pressure.pressures().isEmpty)
        }
        let orders = try world.orders()
        #expect(orders.map(\.verb) == ["interfere", "interfere", "interval", "interference-stop"])
        #expect(orders.allSatisfy { $0.asker == "admin" && $0.way == "http" && $0.address == "127.0.0.1" })
        #expect(orders.map { $0.failure != nil } == [false, true, false, false])
        #expect(orders[0].arguments == ["node": "w01", "cpu": "50.0", "seconds": "5"])
    }

    @Test func `a session that is to go on as it is needs one that has begun`() async throws {
        try await Stand.serve(try TestWorld()) { stand async throws in
            let early = try await stand.ask(.post, "/api/v1/policy/evaluate", token: Stand.adminToken, body: "{}")
            #expect(early.status == 409 && early.problem == "not-carried-out", "\(early.text)")
            for body in [#"{"scheduler":"custom"}"#, "{}"] {
                let response = try await stand.ask(.post, "/api/v1/policy/train", token: Stand.adminToken, body: body)
                #expect(response.status == 200, "\(response.text)")
            }
        }
    }

    @Test func `leases are taken, renewed and ended`() async throws {
        try await Stand.serve(try TestWorld()) { stand async throws in
            func event(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil) async throws -> LeasesAnswer.Event {
                let response = try await stand.ask(method, path, token: Stand.adminToken, body: body)
                guard response.status == 200 else { throw Stand.Refused(text: response.text) }
                return try JSONDecoder().decode(LeaseAnswer.self, from: Data(response.body)).event
            }
            let wanted = #""node":"w01","container":"\#(TestWorld.container)","cpuCores":1.5,"milliseconds":5000"#
            let taken = try await event(.post, "/api/v1/leases", "{\(wanted)}")
            #expect(taken.kind == "granted")
            let renewed = try await event(.post, "/api/v1/leases", #"{\#(wanted),"lease":"\#(taken.lease)"}"#)
            #expect(renewed.kind == "renewed" && renewed.lease == taken.lease)
            #expect(try await event(.delete, "/api/v1/leases/\(taken.lease)").kind == "ended")
            let again = try await stand.ask(.delete, "/api/v1/leases/\(taken.lease)?node=w01", token: Stand.adminToken)
            #expect(again.status == 409, "\(again.text)")
        }
    }

    @Test func `who ordered what is told, page by page`() async throws {
        let world = try TestWorld()
        try await Stand.serve(world) { stand async throws in
            for milliseconds in [100, 200, 5] {
                _ = try await stand.ask(
                    .post, "/api/v1/intervals", token: Stand.adminToken, body: #"{"milliseconds":\#(milliseconds)}"#)
            }
            _ = try await stand.ask(
                .post, "/api/v1/interference", token: Stand.adminToken, body: #"{"node":"w09","cpu":50,"seconds":5}"#)
            let all = try await stand.get("/api/v1/orders", as: OrdersAnswer.self).orders
            #expect(all.map(\.record.verb) == ["interval", "interval", "interfere"])
            #expect(all.allSatisfy { $0.record.asker == "admin" && $0.record.way == "http" && $0.record.address == "127.0.0.1" })
            #expect(all.map { $0.record.failure != nil } == [false, false, true])
            let first = try await stand.ask(.get, "/api/v1/orders?limit=2&after=0")
            let link = try #require(first.headers["Link"]?.firstMatch(of: #/<([^>]*)>/#)?.output.1)
            #expect(try await stand.get(String(link), as: OrdersAnswer.self).orders.map(\.sequence) == [all[2].sequence])
        }
    }

    @Test func `workers are added, drained and removed`() async throws {
        let world = try TestWorld()
        try await Stand.serve(world) { stand async throws in
            func order(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil) async throws -> String {
                let response = try await stand.ask(method, path, token: Stand.adminToken, body: body)
                guard response.status == 200 else { return response.problem ?? "none" }
                return try JSONDecoder().decode(RouteChangeAnswer.self, from: Data(response.body)).state
            }
            let url = "http://127.0.0.1:5002"
            #expect(try await order(.post, "/api/v1/routes", #"{"url":"\#(url)","weight":3,"kind":"openfaas"}"#) == "active")
            #expect(try await order(.post, "/api/v1/routes/drain", #"{"url":"\#(url)"}"#) == "draining")
            #expect(try await stand.get("/api/v1/routes", as: RoutesAnswer.self).workers.map(\.state).contains("draining"))
            #expect(try await order(.delete, "/api/v1/routes?url=\(url)") == "removed")
            #expect(try await order(.delete, "/api/v1/routes?url=\(url)") == "not-found")
            #expect(try await order(.post, "/api/v1/routes", #"{"url":"ftp://x"}"#) == "bad-request")
        }
    }

    @Test(arguments: [
        ("/api/v1/intervals", "", "application/json"), ("/api/v1/intervals", "[]", "application/json"),
        ("/api/v1/intervals", #"{"milliseconds":"100"}"#, "application/json"),
        ("/api/v1/intervals", #"{"milliseconds":100.5}"#, "application/json"),
        ("/api/v1/intervals", #"{"milliseconds":null}"#, "application/json"),
        ("/api/v1/intervals", #"{"milliseconds":9}"#, "application/json"),
        ("/api/v1/intervals", #"{"milliseconds":100,"nod":"w01"}"#, "application/json"),
        ("/api/v1/interference", #"{"node":"w01","seconds":5}"#, "application/json"),
        ("/api/v1/interference", #"{"node":"w01","cpu":true,"seconds":5}"#, "application/json"),
        ("/api/v1/release", #"{"functions":["a,b"]}"#, "application/json"),
        ("/api/v1/release", #"{"functions":[1]}"#, "application/json"),
        ("/api/v1/policy/train", #"{"scheduler":"best"}"#, "application/json"),
        ("/api/v1/policy/pause", "{}", "application/json"),
        ("/api/v1/policy/pause?now=1", "", "application/json"),
    ])
    func `an order that is not possible is refused and changes nothing`(
        path: String, body: String, type: String
    ) async throws {
        let world = try TestWorld()
        try await Stand.serve(world) { stand async throws in
            let response = try await stand.ask(
                .post, path, token: Stand.adminToken, body: body, headers: ["Content-Type": type])
            #expect(response.status == 400 && response.problem == "bad-request", "\(response.status) \(response.text)")
        }
        #expect(try world.orders().isEmpty && world.orderedMilliseconds(of: "w01") == nil)
    }

    @Test func `a body of another type, or one that is too long, is refused`() async throws {
        try await Stand.serve(try TestWorld(), ["adminToken: FOLDER/admin", "limits: {body: 1KiB}"]) { stand async throws in
            let form = try await stand.ask(
                .post, "/api/v1/intervals", token: Stand.adminToken, body: "milliseconds=100",
                headers: ["Content-Type": "application/x-www-form-urlencoded"])
            #expect(form.status == 415 && form.problem == "not-json")
            let long = try await stand.ask(
                .post, "/api/v1/intervals", token: Stand.adminToken, body: String(repeating: " ", count: 2_000) + "{}")
            #expect(long.status == 413 && long.problem == "too-large")
            let chunked = try await stand.ask(
                .post, "/api/v1/intervals", token: Stand.adminToken, body: String(repeating: " ", count: 2_000) + "{}",
                headers: ["Transfer-Encoding": "chunked"])
            #expect(chunked.status == 413 && chunked.problem == "too-large")
            #expect(try await stand.ask(.get, "/healthz").status == 200)
        }
    }
}
