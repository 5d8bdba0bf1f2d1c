import Foundation
import HTTPAPI
import HTTPClient
import TestSupport
import Testing

@Suite("A real Prometheus", .enabled(if: Tool.areWanted), .timeLimit(.minutes(10)))
struct PrometheusTests {
    private static let folder = "\(Tool.root)/deploy/prometheus"

    /// A world in which every family has a value.
    private func world() async throws -> TestWorld {
        let world = try TestWorld()
        for step in 1...3 { try world.decide(step, seconds: step == 3 ? nil : 8) }
        world.train()
        return world
    }

    @Test func `promtool finds nothing to say about the metrics`() async throws {
        try await Stand.serve(try await world(), ["adminToken: FOLDER/admin", "metrics: cpu"]) { stand async throws in
            _ = try await stand.ask(.get, "/api/v1/nodes")
            let metrics = try await stand.ask(.get, "/metrics")
            let (code, output) = try await Tool.run("promtool", ["check", "metrics"], input: metrics.text)
            #expect(code == 0 && output.isEmpty, "\(output)")
        }
    }

    @Test func `promtool does find something to say about metrics that are against the conventions`() async throws {
        let wrong = "# TYPE reeve_things counter\nreeve_things 1\n"
        #expect(try await Tool.run("promtool", ["check", "metrics"], input: wrong).code != 0)
    }

    @Test func `promtool takes the configuration and the rules that are deployed`() async throws {
        for arguments in [["check", "config", "\(Self.folder)/prometheus.yml"], ["check", "rules", "\(Self.folder)/reeve-rules.yml"]] {
            let (code, output) = try await Tool.run("promtool", arguments)
            #expect(code == 0 && !output.lowercased().contains("warn"), "\(output)")
        }
    }

    @Test func `promtool takes every query of the Grafana dashboard`() async throws {
        let folder = try TemporaryFolder()
        let rules = try GrafanaTests.expressions().enumerated().map { index, expression in
            // Grafana puts its own variables in before it asks.
            let text = expression.replacing("$__rate_interval", with: "1m").replacing("$__interval", with: "1m")
            return ["record": "reeve:query_\(index)", "expr": text]
        }
        #expect(rules.count > 40)
        // JSON is YAML.
        let file = try JSONSerialization.data(
            withJSONObject: ["groups": [["name": "dashboard", "rules": rules]]], options: .withoutEscapingSlashes)
        try folder.write(String(decoding: file, as: UTF8.self), to: "rules.yml")
        let (code, output) = try await Tool.run("promtool", ["check", "rules", "\(folder.path)/rules.yml"])
        #expect(code == 0, "\(output)")
        try folder.write(String(decoding: file, as: UTF8.self).replacing("rate(", with: "rate(("), to: "rules.yml")
        #expect(try await Tool.run("promtool", ["check", "rules", "\(folder.path)/rules.yml"]).code != 0)
    }

    @Test func `it scrapes a coordinator by the configuration that is deployed, token included`() async throws {
        let world = try await world()
        try await Stand.serve(world, ["readerToken: FOLDER/reader"]) { stand async throws in
            let configuration = try String(contentsOfFile: "\(Self.folder)/prometheus.yml", encoding: .utf8)
                .replacing("127.0.0.1:9590", with: "127.0.0.1:\(stand.port)").replacing("15s", with: "1s")
                .replacing("reeve-rules.yml", with: "\(Self.folder)/reeve-rules.yml")
            let token = "    authorization: {credentials_file: \(world.folder.path)/reader}\n"
            try world.folder.write(configuration + token, to: "prometheus.yml")
            let port = try Self.freePort()
            let prometheus = Process()
            prometheus.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            prometheus.arguments = [
                "prometheus", "--config.file=\(world.folder.path)/prometheus.yml",
                "--storage.tsdb.path=\(world.folder.path)/tsdb", "--web.listen-address=127.0.0.1:\(port)",
                "--log.level=warn",
            ]
            try prometheus.run()
            defer {
                prometheus.terminate()
                prometheus.waitUntilExit()
            }
            try await eventually("Prometheus has scraped") {
                try await Self.query("sum(up{job=\"reeve-coordinator\"})", port, stand) == 1
            }
            #expect(try await Self.query("sum(reeve_node_known)", port, stand) == 2)
            #expect(try await Self.query("sum(reeve_placement_requests_total{outcome=\"served\"})", port, stand) == 2)
            let quantile = "histogram_quantile(0.5,reeve_placement_latency_seconds_bucket)"
            #expect(try await Self.query(quantile, port, stand) ?? 0 > 5)
            try await eventually("the rules are looked at") {
                let rules = try await stand.transport.send(HTTPRequest(url: "http://127.0.0.1:\(port)/api/v1/rules")).text
                return rules.contains("ReeveNodeUnknown") && !rules.contains("\"health\":\"unknown\"")
                    && !rules.contains("\"health\":\"err\"")
            }
        }
    }

    /// The value of a PromQL expression of one sample; nil while there is none.
    private static func query(_ expression: String, _ port: Int, _ stand: Stand) async throws -> Double? {
        struct Answer: Decodable {
            struct Result: Decodable { let value: [Value] }
            struct Data: Decodable { let result: [Result] }
            enum Value: Decodable {
                case number, text(String)
                init(from decoder: any Decoder) throws {
                    let container = try decoder.singleValueContainer()
                    if let text = try? container.decode(String.self) { self = .text(text) } else { self = .number }
                }
            }
            let data: Data
        }
        let escaped = expression.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let url = "http://127.0.0.1:\(port)/api/v1/query?query=\(escaped)"
        guard let response = try? await stand.transport.send(HTTPRequest(url: url)), response.status == 200,
            case .text(let text)? = try JSONDecoder().decode(Answer.self, from: Data(response.body)).data.result.first?.value.last
        else { return nil }
        return Double(text)
    }

    /// A port that was free a moment ago.
    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 ? getsockname(descriptor, pointer, &length) : -1
            }
        }
        try #require(result == 0)
        return Int(in_port_t(bigEndian: address.sin_port))
    }
}
