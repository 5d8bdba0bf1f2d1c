import Foundation
import Testing

@Suite("Experiments from the command line")
struct ExperimentCommandTests {
    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func `calibration writes rows with target, simulated value and error`() throws {
        let (code, output, error) = try Program.run("reeve", ["experiment", "calibration", "--json", "-"])
        try #require(code == 0, "\(error)")
        let rows = try #require(try object(output)["rows"] as? [[String: Any]])
        let identifiers = rows.compactMap { $0["identifier"] as? String }
        for number in 1...17 {
            #expect(identifiers.contains { $0 == "C\(number)" || $0.hasPrefix("C\(number) ") || $0.hasPrefix("C\(number).") }, "C\(number) is not among \(identifiers)")
        }
        for row in rows {
            let present = Set(row.keys)
            #expect(present.isSuperset(of: ["identifier", "statement", "unit", "simulated", "within"]))
            #expect(present.isSubset(of: ["identifier", "statement", "unit", "simulated", "within", "target", "lowest", "highest", "error"]))
        }
    }

    @Test func `darly writes one object for one run, as documented`() throws {
        let (code, output, error) = try Program.run(
            "reeve", ["experiment", "darly", "--scheduler", "custom", "--steps", "30", "--seed", "4", "--json", "-"])
        try #require(code == 0, "\(error)")
        let result = try object(output)
        #expect(result["experiment"] as? String == "darly")
        #expect(result["scheduler"] as? String == "custom")
        #expect(result["seed"] as? Int == 4)
        #expect((result["training"] as? [String: Any])?["steps"] as? Int == 30)
        #expect((result["inference"] as? [String: Any])?["steps"] as? Int == 250)
        #expect((result["ceiling"] as? [String: Any])?.keys.sorted() == ["actions", "placement"])
        #expect((result["trace"] as? [Any])?.count == 280)
        for key in ["scenario", "preset", "wallSeconds", "machine", "version"] { #expect(result[key] != nil, "no \(key)") }
    }

    @Test func `darly over seeds prints quartiles and failed seeds, and writes a page`() throws {
        let page = FileManager.default.temporaryDirectory.appendingPathComponent("darly-\(UUID().uuidString).html")
        defer { try? FileManager.default.removeItem(at: page) }
        let (code, output, error) = try Program.run(
            "reeve", ["experiment", "darly", "--scheduler", "blind,native", "--seeds", "1-3", "--html", page.path])
        try #require(code == 0, "\(error)")
        #expect(output.contains("failed seeds") && output.contains("medians over the seeds"))
        #expect(try String(contentsOf: page, encoding: .utf8).contains("virtual time"))
    }

    @Test(arguments: [
        ["experiment", "darly", "--scheduler", "nobody"], ["experiment", "darly", "--scheduler", ""],
        ["experiment", "darly", "--scenario", "calm"], ["experiment", "darly", "--preset", "none"],
        ["experiment", "darly", "--steps", "0"], ["experiment", "darly", "--steps", "-5"],
        ["experiment", "darly", "--seeds", "5-1"], ["experiment", "darly", "--seeds", "1-99999999"],
        ["experiment", "darly", "--seed", "-1"], ["experiment", "darly", "--loose-seconds", "0"],
        ["experiment", "darly", "--strict-seconds", "0"], ["experiment", "darly", "--strict-seconds", "nan"],
        ["demo", "--schedulers", "static"], ["demo", "--training-steps", "0"], ["demo", "--inference-steps", "0"],
        ["demo", "--factor", "0"], ["demo", "--factor", "inf"], ["demo", "--loose-seconds", "20"], ["demo", "--preset", "x"],
        ["demo", "--comparison-seeds", "ten"], ["experiment", "nothing"],
    ])
    func `what is not possible is one sentence and exit code 2`(_ arguments: [String]) throws {
        let (code, output, error) = try Program.run("reeve", arguments)
        #expect(code == 2, "\(error)")
        #expect(output.isEmpty)
        #expect(!error.isEmpty && !error.contains("Fatal"))
    }
}
