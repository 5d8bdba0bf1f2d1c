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

    @Test(arguments: ["", "query:", "telemetry:\nquery: {}", "# nothing\n", "---\n", "~", "query: null"])
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

    @Test func `what is given beside the file stands for what the file says`() throws {
        func override(_ key: String, _ value: String) -> SettingsOverride {
            SettingsOverride(key: key, value: value, name: "--\(key)")
        }
        let file = try SettingsSection.parse(
            yaml: "a: 1s\nb: [x]\nc: 3", overrides: [override("a", "20ms"), override("d", "~")])
        #expect(try file.nanoseconds("a", in: 0...UInt64.max, default: 0) == 20_000_000)
        #expect(try file.strings("b") == ["x"])
        #expect(try file.integer("c", in: 0...9, default: 0) == 3)
        // A value that comes without quotes but from no document is a text, whatever it says.
        #expect(try file.string("d") == "~")
        #expect(file.effectiveLines() == ["a: 20ms", "b: [x]", "c: 3", "d: ~"])
        #expect(throws: SettingsError.self) {
            let file = try SettingsSection.parse(yaml: "", overrides: [override("e", "1")])
            try file.finish()
        }
        let error = #expect(throws: SettingsError.self) {
            try SettingsSection.parse(yaml: "a: 5", overrides: [override("a", "12")]).integer("a", in: 0...9, default: 0)
        }
        #expect(error?.description.contains("--a is 12") == true, "an error names the option, not the key of the file")
    }

    @Test func `a list of sections is read section by section`() throws {
        let yaml = "guests:\n  - {node: a, cpus: 0-3}\n  - {node: b}\n"
        let file = try SettingsSection.parse(yaml: yaml)
        let guests = try file.sectionList("guests")
        #expect(try guests.map { section in try section.string("node") } == ["a", "b"])
        #expect(try guests[0].string("cpus") == "0-3")
        #expect(try file.sectionList("absent").isEmpty)
        #expect(file.effectiveLines() == ["guests[0].node: a", "guests[0].cpus: 0-3", "guests[1].node: b"])
        try file.finish()
        let error = #expect(throws: SettingsError.self) {
            let file = try SettingsSection.parse(yaml: "guests: [{node: a, cpu: 1}]")
            for guest in try file.sectionList("guests") { _ = try guest.string("node") }
            try file.finish()
        }
        #expect(error?.description.contains("guests[0].cpu") == true)
        for yaml in ["guests: 5", "guests: {a: 1}", "guests: [a]", "guests: [[a]]"] {
            #expect(throws: SettingsError.self, "\(yaml)") { try SettingsSection.parse(yaml: yaml).sectionList("guests") }
        }
    }

    @Test(arguments: [
        ("a: 2.5%", 0.025), ("a: 1%", 0.01), ("a: 100%", 1), ("a: 0.01%", 0.000_1), ("b: 1", 0.02),
    ] as [(String, Double)])
    func `a share is read in per cent`(_ yaml: String, _ share: Double) throws {
        #expect(try SettingsSection.parse(yaml: yaml).share("a", in: 0.000_1...1, default: 0.02) == share)
    }

    @Test(arguments: [
        ("a: 64KiB", 65_536), ("a: 8MiB", 8 << 20), ("a: 100B", 100), ("b: 1", 1 << 20),
    ] as [(String, Int)])
    func `an amount of memory is read with its unit`(_ yaml: String, _ bytes: Int) throws {
        #expect(try SettingsSection.parse(yaml: yaml).bytes("a", in: 1...1 << 30, default: 1 << 20) == bytes)
    }

    @Test func `shares, amounts and choices of two are refused with what is allowed`() {
        func sentence(_ yaml: String, _ read: (SettingsSection) throws -> Void) -> String {
            do {
                try read(try SettingsSection.parse(yaml: yaml))
                return "taken"
            } catch {
                return "\(error)"
            }
        }
        for text in ["0%", "101%", "1", "'%'", "1.234%", "1.%", ".5%", "-1%", "x%", "{}"] {
            let told = sentence("a: \(text)") { _ = try $0.share("a", in: 0.000_1...1, default: 0.01) }
            #expect(told.contains("a is") && told.contains("0.01% to 100%"), "\(text): \(told)")
        }
        for text in ["0B", "8", "8MB", "MiB", "-1B", "2GiB", "99999999999999999999B", "[]"] {
            let told = sentence("a: \(text)") { _ = try $0.bytes("a", in: 1...1 << 30, default: 1) }
            #expect(told.contains("a is") && told.contains("1B to 1GiB"), "\(text): \(told)")
        }
        let told = sentence("a: yes") { _ = try $0.boolean("a", default: false) }
        #expect(told.contains("yes") && told.contains("true, false"))
    }

    @Test func `whole milliseconds are read, and may be absent`() throws {
        let file = try SettingsSection.parse(yaml: "a: 2s\nb: 1500us\nc: 5ms")
        #expect(try file.milliseconds("a", in: 10...60_000, default: 500) == 2_000)
        #expect(try file.milliseconds("d", in: 10...60_000, default: 500) == 500)
        #expect(try file.optionalMilliseconds("a", in: 10...60_000) == 2_000)
        #expect(try file.optionalMilliseconds("e", in: 10...60_000) == nil)
        #expect(file.effectiveLines() == ["a: 2s", "d: 500ms", "a: 2s"])
        for key in ["b", "c"] {
            #expect(throws: SettingsError.self, "\(key)") { try file.milliseconds(key, in: 1...4, default: 1) }
        }
    }

    @Test func `numbers with a fraction are read, and numbers may be absent`() throws {
        let file = try SettingsSection.parse(yaml: "a: 0.5\nb: 2\nc: 7\nd: 8KiB")
        #expect(try file.decimal("a", in: 0.1...4, default: 1) == 0.5)
        #expect(try file.optionalDecimal("b", in: 0.1...4) == 2 && file.optionalDecimal("x", in: 0.1...4) == nil)
        #expect(try file.decimal("y", in: 0.1...4, default: 1) == 1)
        #expect(try file.optionalInteger("c", in: 1...9) == 7 && file.optionalInteger("x", in: 1...9) == nil)
        #expect(try file.optionalBytes("d", in: 1...1 << 20) == 8_192 && file.optionalBytes("x", in: 1...9) == nil)
        #expect(file.effectiveLines() == ["a: 0.5", "b: 2.0", "y: 1.0", "c: 7", "d: 8KiB"])
        for text in ["0.05", "5", "-1", "1e0", "nan", "inf", "0x1", "1.2.3", ".", "''", "[]"] {
            let file = try SettingsSection.parse(yaml: "a: \(text)")
            let error = #expect(throws: SettingsError.self, "\(text)") { try file.decimal("a", in: 0.1...4, default: 1) }
            #expect(error?.description.contains("from 0.1 to 4.0") == true)
        }
    }

    @Test func `a choice of two is read`() throws {
        #expect(try SettingsSection.parse(yaml: "a: true").boolean("a", default: false))
        #expect(try !SettingsSection.parse(yaml: "b: true").boolean("a", default: false))
    }

    @Test func `a text without a default must be there`() {
        let error = #expect(throws: SettingsError.self) { try SettingsSection.parse(yaml: "a: 1").string("secretKey") }
        #expect(error?.description == "secretKey is missing: it must be set")
    }
}

@Suite("What is no configuration")
struct YAMLTests {
    @Test(arguments: [
        ("a: &x 1", "line 1: anchors"), ("a: 1\nb: *x", "line 2"), ("a: !!int 1", "tags"), ("a: &x {}", "anchors"),
        ("a: &x []", "anchors"), ("a: 1\n---\nb: 1", "line 2: a second document"), ("a: 1\n[b]: 2", "line 2: a key is no text"),
        ("{a: 1}: 2", "a key is no text"), ("a: \"1", "line"), ("a: b: c", "line 1"), ("\tx: 1", "line 1"),
        ("a: 1\n\u{7}: 2", "control characters"), ("a: \(String(repeating: "[", count: 100_000))", "16 deep"),
        ("\(String(repeating: "{a: ", count: 50))", "16 deep"), ("a: 1\nb: 2\na: 3", "line 3: key a stands twice"),
        ("a: ]", "line 1"), ("%YAML 9.9\n---\na: 1", "YAML"),
    ])
    func `it is refused in one line that names the place`(_ yaml: String, _ named: String) {
        let error = #expect(throws: SettingsError.self) { try SettingsSection.parse(yaml: yaml) }
        let told = error?.description ?? ""
        #expect(told.contains("not valid YAML") && told.contains(named) && !told.contains("\n"), "\(told)")
    }

    @Test func `texts come as they are written`() throws {
        let yaml = "a: \"x\\ny\"\nb: 'it''s'\nc: |\n  two\n  lines\nd: wörter\ne: \"null\"\n? f\n: g\n"
        let file = try SettingsSection.parse(yaml: yaml)
        let read = try ["a", "b", "c", "d", "e", "f"].map { key in try file.string(key) }
        #expect(read == ["x\ny", "it's", "two\nlines\n", "wörter", "null", "g"])
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
