import Settings
import Testing

@Suite("A configuration's keys and values")
struct SettingsSectionTests {
    private static let example = """
        telemetry:
          bind: tcp://0.0.0.0:5555
          window: 20ms
          level: info
          count: 7
          nodes: [w01, w02]
        """

    /// Reads the example's keys the way a program would.
    private func read(_ yaml: String) throws(SettingsError) -> SettingsSection {
        let file = try SettingsSection.parse(yaml: yaml)
        if let telemetry = try file.section("telemetry") {
            _ = try telemetry.string("bind", default: "tcp://127.0.0.1:1")
            _ = try telemetry.nanoseconds("window", in: 1_000_000...1_000_000_000, default: 500_000_000)
            _ = try telemetry.choice("level", of: ["debug", "info"], default: "info")
            _ = try telemetry.integer("count", in: 1...9, default: 3)
            _ = try telemetry.optionalString("note")
            _ = try telemetry.strings("nodes")
        }
        _ = try file.section("query")
        try file.finish()
        return file
    }

    private func sentence(of yaml: String) -> String? {
        do {
            _ = try read(yaml)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `values in force are listed, defaults included`() throws {
        let lines = try read("telemetry: {nodes: [a], window: 1000us}").effectiveLines()
        #expect(
            lines == [
                "telemetry.bind: tcp://127.0.0.1:1", "telemetry.window: 1ms", "telemetry.level: info", "telemetry.count: 3",
                "telemetry.nodes: [a]",
            ])
    }

    @Test func `values given replace the defaults`() throws {
        let telemetry = try #require(try SettingsSection.parse(yaml: Self.example).section("telemetry"))
        #expect(try telemetry.string("bind") == "tcp://0.0.0.0:5555")
        #expect(try telemetry.nanoseconds("window", in: 0...UInt64.max, default: 0) == 20_000_000)
        #expect(try telemetry.integer("count", in: 0...10, default: 0) == 7)
        #expect(try telemetry.strings("nodes") == ["w01", "w02"])
    }

    @Test(arguments: ["", "query:", "telemetry:\nquery: {}", "# nothing\n"])
    func `a section that is absent or empty of everything switches off`(_ yaml: String) throws {
        #expect(try SettingsSection.parse(yaml: yaml).section("telemetry") == nil)
        #expect(sentence(of: yaml) == nil)
    }

    @Test func `an optional text without a value is absent`() throws {
        for yaml in ["note:", "other: 1", "note: ~"] {
            #expect(try SettingsSection.parse(yaml: yaml).optionalString("note") == nil, "\(yaml)")
        }
        #expect(try SettingsSection.parse(yaml: "note: x").optionalString("note") == "x")
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let yaml: String
        /// What the one sentence must name.
        let names: [String]
        var testDescription: String { yaml }
    }

    static let refusals = [
        Refusal(yaml: "telemtry: {}", names: ["telemtry", "telemetry, query"]),
        Refusal(yaml: "telemetry: {nodes: [a], bnid: x}", names: ["telemetry.bnid", "bind, window, level, count, note, nodes"]),
        Refusal(yaml: "telemetry: 5", names: ["telemetry", "section"]),
        Refusal(yaml: "telemetry: [a]", names: ["telemetry", "section"]),
        Refusal(yaml: "- a\n- b", names: ["mapping"]),
        Refusal(yaml: "telemetry: {", names: ["YAML"]),
        Refusal(yaml: "telemetry: {}\ntelemetry: {}", names: ["telemetry"]),
        Refusal(yaml: "telemetry: {nodes: [a], nodes: [b]}", names: ["nodes"]),
        Refusal(yaml: "telemetry: {bind: [x], nodes: [a]}", names: ["telemetry.bind", "text"]),
        Refusal(yaml: "telemetry: {bind: \"\", nodes: [a]}", names: ["telemetry.bind", "text"]),
        Refusal(yaml: "telemetry: {window: 20, nodes: [a]}", names: ["telemetry.window", "20", "1ms to 1s"]),
        Refusal(yaml: "telemetry: {window: 2s, nodes: [a]}", names: ["telemetry.window", "2s", "1ms to 1s"]),
        Refusal(yaml: "telemetry: {window: {}, nodes: [a]}", names: ["telemetry.window", "duration"]),
        Refusal(yaml: "telemetry: {level: loud, nodes: [a]}", names: ["telemetry.level", "loud", "debug, info"]),
        Refusal(yaml: "telemetry: {count: 10, nodes: [a]}", names: ["telemetry.count", "10", "1 to 9"]),
        Refusal(yaml: "telemetry: {count: 1.5, nodes: [a]}", names: ["telemetry.count", "1.5", "1 to 9"]),
        Refusal(yaml: "telemetry: {nodes: a}", names: ["telemetry.nodes", "list"]),
        Refusal(yaml: "telemetry: {nodes: [[a]]}", names: ["telemetry.nodes", "texts"]),
        Refusal(yaml: "telemetry: {}", names: ["telemetry.nodes", "list"]),
    ]

    @Test(arguments: refusals)
    func `what cannot be used is refused in one line that names it and what is allowed`(_ refusal: Refusal) throws {
        let told = try #require(sentence(of: refusal.yaml))
        for name in refusal.names { #expect(told.contains(name), "\(told)") }
        #expect(!told.contains("\n"), "\(told)")
    }

    @Test func `a text without a default must be there`() {
        let error = #expect(throws: SettingsError.self) { try SettingsSection.parse(yaml: "a: 1").string("secretKey") }
        #expect(error?.description == "secretKey is missing: it must be set")
    }
}

@Suite("Durations as text")
struct DurationTextTests {
    @Test(arguments: [
        ("0s", 0), ("1ns", 1), ("20us", 20_000), ("20ms", 20_000_000), ("1s", 1_000_000_000), ("5m", 300_000_000_000),
        ("2h", 7_200_000_000_000), ("18446744073709551615ns", .max),
    ] as [(String, UInt64)])
    func `a number with a unit is read`(_ text: String, _ nanoseconds: UInt64) {
        #expect(DurationText.parse(text) == nanoseconds)
    }

    @Test(arguments: [
        "", "s", "5", "5 s", " 5s", "5s ", "-5s", "+5s", "1.5s", "5S", "5d", "5ms5s", "٥s", "18446744073709551616ns",
        "99999999999h",
    ])
    func `anything else is no duration`(_ text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(arguments: [
        (0, "0ns"), (1, "1ns"), (1_500, "1500ns"), (60_000_000_000, "1m"), (90_000_000_000, "90s"),
        (7_200_000_000_000, "2h"),
    ] as [(UInt64, String)])
    func `the shortest text is written, and read back the same`(_ nanoseconds: UInt64, _ text: String) {
        #expect(DurationText.format(nanoseconds: nanoseconds) == text)
        #expect(DurationText.parse(text) == nanoseconds)
    }
}
